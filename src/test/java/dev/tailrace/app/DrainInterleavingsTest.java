package dev.tailrace.app;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whenever a drain is forced or looked at, it ends by the shorter time, and is never extended. */
final class DrainInterleavingsTest {
  private static final Duration TAIL = Duration.ofSeconds(5);
  private static final DrainConfig CONFIG =
      new DrainConfig(Duration.ofMinutes(10), DrainConfig.Strategy.BOUNDED, null, TAIL);

  @Test
  void aForceThatMeetsTheBeginStillShortensTheDrain() {
    Interleavings.onThreads(
        "Drain",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          Drain drain = drain();
          ShutdownPlan plan = new ShutdownPlan(List.of(), drain.budget(), new Hanging());
          Race.between(
              () -> {
                Future<DrainReport> unused = drain.run(loop, plan);
              },
              () -> drain.force("first"),
              () -> {
                Duration before = drain.progress().budget().deadline();
                Duration after = drain.progress().budget().deadline();
                Race.require(after.compareTo(before) <= 0, "extended from " + before);
                Race.require(!drain.reportSoFar().complete(), "over before it has run");
              });
          drain.force("second");
          loop.pass(Duration.ofMinutes(1));
          DrainReport report = Objects.requireNonNull(drain.report(), "runs on though forced");
          Race.require("first".equals(report.forcedBy()), "forced by " + report.forcedBy());
        });
  }

  private static Drain drain() {
    PoolIdentity identity = PoolIdentity.of("pool", "one");
    return new Drain(
        new Drain.Subject(identity, "", CONFIG, Duration.ofSeconds(1), 0),
        new Trigger(Trigger.Kind.SIGTERM, "signal"));
  }

  /** Nothing around the consumers ever ends, so that every phase takes all its time. */
  private static final class Hanging implements ShutdownPlan.Surroundings {
    @Override
    public Future<String> unready(Duration budget) {
      return Promise.<String>promise().future();
    }

    @Override
    public void intakeClosed() {}

    @Override
    public Future<String> flushTelemetry(Duration budget) {
      return Promise.<String>promise().future();
    }

    @Override
    public Future<String> closeRuntime(Duration budget) {
      return Promise.<String>promise().future();
    }
  }
}
