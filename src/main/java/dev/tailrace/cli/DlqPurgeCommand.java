package dev.tailrace.cli;

import dev.tailrace.config.ConfigException;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBox.Purged;
import dev.tailrace.sink.DeadLetterFilter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dlq purge}: deletes dead letters for good. */
@Command(
    name = "purge",
    description = {
      "Deletes dead letters for good, after asking.",
      "From a Redis stream exactly those that are meant. Kafka deletes from the front of a partition",
      "only: up to its first letter that is not meant; the command says how many stay."
    },
    mixinStandardHelpOptions = true)
final class DlqPurgeCommand implements Callable<Integer> {
  @Mixin private DlqOptions options = new DlqOptions();

  @Option(names = "--yes", description = "Does not ask")
  private boolean yes; // set by picocli

  @Option(names = "--dry-run", description = "Only counts what would be deleted")
  private boolean dryRun; // set by picocli

  @Mixin private OutputOption output = new OutputOption();
  @Spec private @Nullable CommandSpec spec; // set by picocli

  private boolean refused; // main thread only

  @Override
  public Integer call() throws ConfigException {
    CommandLine line = Commands.line(spec);
    DeadLetterFilter meant = options.filter(line, Instant.now());
    long limit = options.limit(line, Long.MAX_VALUE);
    if (!yes && !dryRun && !Terminal.asks()) {
      throw new ParameterException(
          line, "nobody can be asked here: use --yes to delete, or --dry-run to count");
    }
    DlqResults results = new DlqResults(line.getOut(), output);
    try (DlqSession session = DlqSession.open(line, options)) {
      session.visit(
          limit,
          (box, left) -> {
            Purged counted = purge(session, box, limited(meant, left), true);
            boolean delete = !dryRun && counted.deleted() > 0;
            boolean agreed = delete && (yes || agreed(box, counted));
            Purged done =
                agreed ? purge(session, box, limited(meant, counted.matching()), false) : null;
            refused |= delete && !agreed;
            PurgeText told = new PurgeText(box.destination(), dryRun, counted, done);
            results.add(told::json, () -> List.of(told.line()));
            return counted.matching();
          });
    }
    results.end("purges");
    return refused ? ExitCode.FAILURE : ExitCode.OK;
  }

  private static Purged purge(
      DlqSession session, DeadLetterBox box, Predicate<DeadLetter> meant, boolean dry) {
    return session.call(() -> box.purge(meant, dry), () -> {});
  }

  /** The first that are meant; for one purge. */
  private static Predicate<DeadLetter> limited(DeadLetterFilter meant, long limit) {
    long[] found = {0};
    return letter -> found[0] < limit && meant.test(letter) && found[0]++ < limit;
  }

  private static boolean agreed(DeadLetterBox box, Purged counted) {
    return Terminal.agrees(
        "Delete %s from %s for good?"
            .formatted(Phrases.count(counted.deleted(), "dead letter"), box.destination()));
  }
}
