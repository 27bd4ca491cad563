package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A clean drain of 1.5 s, by SIGTERM. */
final class SampleReport {
  static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "SIGTERM");

  private SampleReport() {}

  static DrainReport of(PoolIdentity identity) {
    Duration took = Duration.ofMillis(1_500);
    return new DrainReport(
        identity,
        "",
        SIGTERM,
        DrainConfig.Strategy.BOUNDED,
        null,
        ExitCode.OK,
        new DrainReport.Timing(
            Instant.EPOCH, Instant.EPOCH.plus(took), took, Duration.ofSeconds(25)),
        List.of(phase(Phase.UNREADY, 500), phase(Phase.CLOSE_RUNTIME, 1_000)),
        new DrainReport.Messages(MessageCounts.NONE, MessageCounts.NONE, 0, List.of()),
        List.of(),
        List.of(),
        List.of(),
        true);
  }

  private static PhaseResult phase(Phase phase, long millis) {
    return new PhaseResult(
        phase, Duration.ofSeconds(5), Duration.ofMillis(millis), PhaseResult.Result.DONE, "", null);
  }
}
