package dev.tailrace.cli;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** However often it is armed at once, its time is set once: a drain is never extended. */
final class WatchdogInterleavingsTest {
  @Test
  void theTimeIsSetOnce() {
    Interleavings.ofStory(
        "Watchdog",
        () -> {
          AtomicLong clock = new AtomicLong();
          Watchdog dog =
              new Watchdog(
                  clock::get,
                  Optional::empty,
                  Optional::empty,
                  new Watchdog.Last(report -> {}, code -> {}));
          boolean[] seen = new boolean[1];
          Race.between(
              () -> dog.arm(Duration.ofSeconds(1)),
              () -> {
                clock.set(Duration.ofMinutes(1).toNanos());
                seen[0] = dog.expired();
                dog.arm(Duration.ofMinutes(2));
              });
          Race.require(!seen[0] || dog.expired(), "its time was over, and is not any more");
        });
  }
}
