package dev.tailrace.dispatch;

import dev.tailrace.runtime.Loop;
import java.util.function.BooleanSupplier;

/**
 * Starts messages for as long as there is one that may start, and lets other turns of the loop
 * through where their handlers complete at once. Event loop only.
 */
final class Pump {
  private static final int STARTS_PER_TURN = 512;
  private static final int TAKEN_AT_ONCE = 64;

  private final Loop loop;
  private final BooleanSupplier startNext;
  private final Runnable afterwards;
  private int taken; // since the last run
  private boolean pumping;
  private boolean due;
  private boolean clockIsRead; // since the last start
  private long nanos; // by that reading

  /**
   * Makes it.
   *
   * @param startNext starts the next one; whether there was one
   * @param afterwards called once after all that a turn has started
   */
  Pump(Loop loop, BooleanSupplier startNext, Runnable afterwards) {
    this.loop = loop;
    this.startNext = startNext;
    this.afterwards = afterwards;
  }

  /** The loop's clock, which is not read again where a start has ended at once, just now. */
  long nanos() {
    long now = clockIsRead ? nanos : loop.nanos();
    clockIsRead = false;
    return now;
  }

  /** The call of what was started has returned at {@code now}, by the loop's clock. */
  void returned(long now) {
    nanos = now;
    clockIsRead = pumping;
  }

  /** Starts nothing while {@code landings} run; the caller lets {@link #run} follow. */
  void hold(Runnable landings) {
    pumping = true;
    try {
      landings.run();
    } finally {
      pumping = false;
      clockIsRead = false;
    }
  }

  /**
   * A message was taken in, and others follow: what came so far starts before those are looked at,
   * while it is still in the processor's nearest caches. {@link #run} follows.
   */
  void took() {
    taken++;
    if (taken % TAKEN_AT_ONCE == 0 && taken <= STARTS_PER_TURN && !pumping) {
      startAll();
    }
  }

  /** Fine within a start. */
  void run() {
    if (pumping) {
      return;
    }
    taken = 0;
    boolean through = false;
    try {
      through = startAll();
    } finally {
      afterwards.run();
    }
    if (!through) {
      runLater();
    }
  }

  /** Whether nothing is left that may start. */
  private boolean startAll() {
    pumping = true;
    try {
      for (int starts = 0; starts < STARTS_PER_TURN; starts++) {
        if (!startNext.getAsBoolean()) {
          return true;
        }
      }
      return false;
    } finally {
      pumping = false;
      clockIsRead = false;
    }
  }

  private void runLater() {
    if (!due) {
      due = true;
      loop.execute(
          () -> {
            due = false;
            run();
          });
    }
  }
}
