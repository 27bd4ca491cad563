package dev.tailrace.app;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Whoever asks while the loop answers, it is asked again after, and never called blocked. */
final class StuckWatchInterleavingsTest {
  @Test
  void aLoopThatAnswersIsAskedAgainAndNotCalledBlocked() {
    Interleavings.ofStory(
        "StuckWatch",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          AtomicLong clock = new AtomicLong();
          AtomicLong looks = new AtomicLong();
          StuckWatch watch = new StuckWatch(loop, clock::get, () -> looks.incrementAndGet() < 0);
          Race.between(watch::stuck, watch::stuck, loop::drain);
          loop.drain();
          clock.addAndGet(2 * StuckWatch.BLOCKED.toNanos());
          long before = looks.get();
          Race.require(before > 0, "the loop was not asked");
          Race.require(!watch.stuck(), "called blocked though it has answered");
          loop.drain();
          Race.require(looks.get() == before + 1, "not asked again");
        });
  }
}
