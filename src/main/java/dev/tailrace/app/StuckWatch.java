package dev.tailrace.app;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a loop from outside whether a handler is stuck; a loop that does not answer is. Thread-safe.
 */
final class StuckWatch {
  /** A loop that has not turned for that long is blocked. */
  static final Duration BLOCKED = Duration.ofSeconds(1);

  private final Executor loop;
  private final LongSupplier nanos;
  private final BooleanSupplier look;
  private volatile boolean stuck; // written on the event loop

  /** When the loop was asked; null where it has answered. */
  private final AtomicReference<@Nullable Long> asked = new AtomicReference<>();

  /**
   * Watches a loop.
   *
   * @param nanos its clock
   * @param look whether a handler is stuck now; called in turns
   */
  StuckWatch(Executor loop, LongSupplier nanos, BooleanSupplier look) {
    this.loop = loop;
    this.nanos = nanos;
    this.look = look;
  }

  /**
   * Whether a handler is stuck as of the call before, or has kept the loop for a second since then.
   * Has the loop look again; any thread.
   */
  boolean stuck() {
    long now = nanos.getAsLong();
    Long since = asked.get();
    if (since == null) {
      if (asked.compareAndSet(null, now)) {
        loop.execute(this::answer);
      }
      return stuck;
    }
    return stuck || now - since > BLOCKED.toNanos();
  }

  private void answer() {
    stuck = look.getAsBoolean();
    asked.set(null);
  }
}
