package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterFilter;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dlq list}: how many letters there are, by what they died of. */
@Command(
    name = "list",
    description =
        "Counts dead letters by pipeline, reason and error class; the most frequent first.",
    mixinStandardHelpOptions = true)
final class DlqListCommand implements Callable<Integer> {
  @Mixin private DlqOptions options = new DlqOptions();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    DeadLetterFilter meant = options.filter(line, Instant.now());
    long left = options.limit(line, Long.MAX_VALUE);
    JsonArray all = new JsonArray();
    try (DlqSession session = DlqSession.open(line, options)) {
      for (SinkFactory destination : session.destinations()) {
        if (left == 0) {
          break;
        }
        DeadLetterBox box = session.box(destination);
        DeadLetterGroups groups = new DeadLetterGroups();
        try (ProgressLine progress = ProgressLine.of(line)) {
          session.read(box, meant, left, progress, groups::add);
        }
        left -= groups.letters();
        if (output.json()) {
          all.add(groups.json().put("destination", box.destination()));
        } else {
          print(line.getOut(), box.destination(), groups);
        }
      }
    }
    if (output.json()) {
      line.getOut().println(new JsonObject().put("destinations", all).encode());
    }
    return ExitCode.OK;
  }

  private static void print(PrintWriter out, String destination, DeadLetterGroups groups) {
    out.println(destination + ": " + Phrases.count(groups.letters(), "dead letter"));
    groups.table().forEach(row -> out.println("  " + row));
  }
}
