package dev.tailrace.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a drain has come; immutable, published by the loop that runs it and read by anyone, so
 * that a watchdog can say the truth while every loop hangs.
 *
 * @param startedAt when it was triggered, by the wall clock
 * @param startedNanos the same on the monotonic clock of {@code Loop.nanos}
 * @param budget the present budget; {@code forced} shortens it
 * @param current the phase under way; null before the first and after the last
 * @param currentSince its begin, as an offset from the trigger
 * @param ended the phases that are over, in order
 */
public record DrainProgress(
    Instant startedAt,
    long startedNanos,
    DrainBudget budget,
    @Nullable Phase current,
    Duration currentSince,
    List<PhaseResult> ended) {

  /** Copies the list. */
  public DrainProgress {
    ended = List.copyOf(ended);
  }

  /** A drain that was triggered just now, and whose first phase has not begun. */
  public static DrainProgress begun(Instant wall, long nanos, DrainBudget budget) {
    return new DrainProgress(wall, nanos, budget, null, Duration.ZERO, List.of());
  }

  /** Whether all phases are over. */
  public boolean over() {
    return ended.size() == Phase.values().length;
  }

  /** What is left until the deadline at {@code nanos}; negative when it has passed. */
  public Duration left(long nanos) {
    return budget.deadline().minusNanos(nanos - startedNanos);
  }
}
