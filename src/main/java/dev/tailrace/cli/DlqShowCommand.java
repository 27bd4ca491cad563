package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetterFilter;
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

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    DeadLetterFilter meant = options.filter(line, Instant.now());
    long limit = options.limit(line, USUAL);
    DlqResults results = new DlqResults(line.getOut(), output);
    try (DlqSession session = DlqSession.open(line, options)) {
      session.visit(
          limit,
          (box, left) -> {
            try (ProgressLine progress = ProgressLine.of(line)) {
              return session.read(
                  box,
                  meant,
                  left,
                  progress,
                  letter -> {
                    progress.clear();
                    DeadLetterText text = new DeadLetterText(letter);
                    results.add(text::json, text::lines);
                  });
            }
          });
    }
    results.end("letters");
    return ExitCode.OK;
  }
}
