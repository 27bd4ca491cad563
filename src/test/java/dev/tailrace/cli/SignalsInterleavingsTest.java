package dev.tailrace.cli;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.lifecycle.Trigger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** However many signals arrive at once, each is counted once: one drains, one forces. */
public final class SignalsInterleavingsTest {
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicInteger forces = new AtomicInteger();
  private final AtomicInteger halts = new AtomicInteger();
  private final Signals signals =
      new Signals(
          () -> clock.addAndGet(Signals.ONE.toNanos()),
          new Signals.Wishes() {
            @Override
            public void drain(Trigger trigger) {
              drains.incrementAndGet();
            }

            @Override
            public void force(String by) {
              forces.incrementAndGet();
            }

            @Override
            public void halt(String by) {
              halts.incrementAndGet();
            }
          });

  @Test
  void oneDrainsOneForcesAndOnlyTheRestHalt() {
    Interleavings.ofOperations(SignalsInterleavingsTest.class);
  }

  /** A signal arrives, and there is nobody who forces or halts before another has drained. */
  @Operation
  public void arrived() {
    signals.arrived(Trigger.Kind.SIGTERM);
  }

  @org.jetbrains.lincheck.datastructures.Validate
  public void eachIsCountedOnce() {
    if (drains.get() > 1 || forces.get() > 1 || (halts.get() > 0 && forces.get() == 0)) {
      throw new IllegalStateException(drains + " drains, " + forces + " forces, " + halts);
    }
  }
}
