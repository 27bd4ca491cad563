package dev.tailrace.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The faults of the surroundings that a round draws from: now and then one, injected, borne for as
 * long as it lasts, and healed.
 */
final class Storm {
  /** No faults beside the fates of processes. */
  static final Storm NONE = new Storm(List.of());

  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CALM = TimeUnit.SECONDS.toNanos(4);

  private final List<Supplier<Fault>> kinds;

  Storm(List<Supplier<Fault>> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /** Plays until a moment of {@link System#nanoTime}; says what it did, in order. */
  List<String> play(Scene scene, Plan plan, long end) throws Exception {
    List<String> injected = new ArrayList<>();
    if (plan.mix() == Plan.Mix.CLEAN || kinds.isEmpty()) {
      return injected;
    }
    while (calm(CALM, end)) {
      Fault fault = kinds.get(scene.random().nextInt(kinds.size())).get();
      try {
        fault.inject(scene);
        injected.add(fault.name());
        calm(fault.lasts().toNanos(), end);
      } finally {
        fault.heal(scene);
      }
    }
    return injected;
  }

  /** Whether the time passed before the end. */
  private static boolean calm(long nanos, long end) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() - until < 0) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK);
    }
    return true;
  }
}
