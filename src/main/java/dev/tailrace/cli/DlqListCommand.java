package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetterFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    long limit = options.limit(line, Long.MAX_VALUE);
    DlqResults results = new DlqResults(line.getOut(), output);
    try (DlqSession session = DlqSession.open(line, options)) {
      session.visit(
          limit,
          (box, left) -> {
            DeadLetterGroups groups = new DeadLetterGroups();
            try (ProgressLine progress = ProgressLine.of(line)) {
              session.read(box, meant, left, progress, groups::add);
            }
            String from = box.destination();
            results.add(() -> groups.json().put("destination", from), () -> lines(from, groups));
            return groups.letters();
          });
    }
    results.end("destinations");
    return ExitCode.OK;
  }

  private static List<String> lines(String from, DeadLetterGroups groups) {
    List<String> lines = new ArrayList<>();
    lines.add(from + ": " + Phrases.count(groups.letters(), "dead letter"));
    groups.table().forEach(row -> lines.add("  " + row));
    return lines;
  }
}
