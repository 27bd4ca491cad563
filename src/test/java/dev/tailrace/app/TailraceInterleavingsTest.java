package dev.tailrace.app;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Whoever asks for the end at the same time, it has begun when they are back, and can be forced.
 */
final class TailraceInterleavingsTest {
  @Test
  void whoeverJoinsADrainFindsItBegunAndCanForceIt() {
    Interleavings.ofLargeStory(
        "Tailrace",
        () -> {
          Tailrace pool = Tailrace.builder(SilentVertx.counting(new AtomicInteger())).build();
          Race.between(
              () -> {
                Future<DrainReport> unused = pool.drain(trigger(Trigger.Kind.SIGTERM));
                Race.require(pool.state() == State.DRAINING, "back before it drains");
              },
              () -> {
                Future<DrainReport> unused = pool.drain(trigger(Trigger.Kind.HTTP));
                Race.require(pool.state() == State.DRAINING, "joined before it drains");
                pool.force("a second wish");
              });
          Race.require(
              "a second wish".equals(pool.reportSoFar().orElseThrow().forcedBy()),
              "the force was lost");
        });
  }

  private static Trigger trigger(Trigger.Kind kind) {
    return new Trigger(kind, kind.label());
  }
}
