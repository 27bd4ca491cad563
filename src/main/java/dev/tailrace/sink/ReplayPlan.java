package dev.tailrace.sink;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a replay is to do. Immutable.
 *
 * @param meant the letters
 * @param destination where a letter goes; empty for one that says no origin
 * @param bookmark the name under which the replay's position is kept
 * @param again begins another round, in which each letter is a new message once more
 * @param pace how many, how fast
 */
public record ReplayPlan(
    DeadLetterFilter meant,
    Function<DeadLetter, Optional<SinkFactory>> destination,
    String bookmark,
    boolean again,
    Pace pace) {

  /**
   * How many letters, and how fast.
   *
   * @param limit at most so many, at least 1
   * @param perSecond at most so many a second, at least 1
   * @param dryRun reads and counts, sends nothing, keeps nothing
   */
  public record Pace(long limit, int perSecond, boolean dryRun) {
    private static final int MOST_AT_ONCE = 500;
    private static final int CHUNKS_PER_SECOND = 10;

    /** Refuses what is below 1. */
    public Pace {
      if (limit < 1 || perSecond < 1) {
        throw new IllegalArgumentException("limit and rate must be at least 1");
      }
    }

    /** How many leave together: a tenth of a second's, at least 1. */
    int chunk() {
      return Math.max(1, Math.min(perSecond / CHUNKS_PER_SECOND, MOST_AT_ONCE));
    }

    /** How long so many letters keep the next ones waiting. */
    Duration spacing(int letters) {
      return dryRun
          ? Duration.ZERO
          : Duration.ofNanos(letters * Duration.ofSeconds(1).toNanos() / perSecond);
    }
  }
}
