package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterFilter;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dlq show}: letters one by one, with their headers and the beginning of their payload. */
@Command(
    name = "show",
    description = {
      "Shows why letters died, their headers and the beginning of their payload.",
      "In the order of each partition; what is no text as hex. Ten, or as many as --limit says."
    },
    mixinStandardHelpOptions = true)
final class DlqShowCommand implements Callable<Integer> {
  private static final long USUAL = 10;

  @Mixin private DlqOptions options = new DlqOptions();
  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  private final JsonArray all = new JsonArray();
  private long shown; // main thread only

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    DeadLetterFilter meant = options.filter(line, Instant.now());
    long limit = options.limit(line, USUAL);
    try (DlqSession session = DlqSession.open(line, options)) {
      for (SinkFactory destination : session.destinations()) {
        if (shown == limit) {
          break;
        }
        DeadLetterBox box = session.box(destination);
        try (ProgressLine progress = ProgressLine.of(line)) {
          session.read(box, meant, limit - shown, progress, letter -> show(line, progress, letter));
        }
      }
    }
    if (output.json()) {
      line.getOut().println(new JsonObject().put("letters", all).encode());
    }
    return ExitCode.OK;
  }

  private void show(CommandLine line, ProgressLine progress, DeadLetter letter) {
    shown++;
    progress.clear();
    DeadLetterText text = new DeadLetterText(letter);
    if (output.json()) {
      all.add(text.json());
    } else {
      text.lines().forEach(line.getOut()::println);
    }
  }
}
