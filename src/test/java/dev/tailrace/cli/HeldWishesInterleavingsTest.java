package dev.tailrace.cli;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import dev.tailrace.lifecycle.Trigger;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** However signals meet the birth of the pool, it hears of them all, the drain before the force. */
final class HeldWishesInterleavingsTest {
  @Test
  void noWishIsLostAndNoneForcesWhatHasNotBegun() {
    Interleavings.ofStory(
        "HeldWishes",
        () -> {
          HeldWishes wishes = new HeldWishes(() -> {});
          Pool pool = new Pool();
          Race.between(
              () -> wishes.attach(pool),
              () -> {
                wishes.drain(new Trigger(Trigger.Kind.SIGTERM, "SIGTERM"));
                wishes.force("SIGTERM");
              });
          Race.require(pool.drained.get(), "the drain was lost");
          Race.require(pool.forced.get(), "the force was lost");
        });
  }

  @Test
  void twoSignalsAtOnceBothArrive() {
    Interleavings.ofStory(
        "HeldWishes",
        () -> {
          HeldWishes wishes = new HeldWishes(() -> {});
          Pool pool = new Pool();
          wishes.attach(pool);
          Race.between(
              () -> wishes.drain(new Trigger(Trigger.Kind.SIGTERM, "SIGTERM")),
              () -> wishes.force("SIGINT"));
          Race.require(pool.forced.get(), "the force was lost");
        });
  }

  /** As a pool: to force what has not begun does nothing. */
  private static final class Pool implements Signals.Wishes {
    final AtomicBoolean drained = new AtomicBoolean();
    final AtomicBoolean forced = new AtomicBoolean();

    @Override
    public void drain(Trigger trigger) {
      drained.set(true);
    }

    @Override
    public void force(String by) {
      if (drained.get()) {
        forced.set(true);
      }
    }

    @Override
    public void halt(String by) {
      throw new IllegalStateException("nobody asked for it");
    }
  }
}
