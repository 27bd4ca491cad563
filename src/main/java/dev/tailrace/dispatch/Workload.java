package dev.tailrace.dispatch;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer has before it, were it to drain now; and how long that would take, as a pure
 * function of these numbers. Parked retries are none of it: a drain gives them back at once.
 *
 * <pre>
 *   work = max(buffered × mean ÷ width, longest lane × mean) + the slowest of the last
 *   width = as many as can run at once: permits, or the lanes that have something, if those are fewer
 * </pre>
 *
 * <p>The slowest of the {@code width} messages that end last lies between p50, where it is one, and
 * p99, where they are a hundred; in between it grows as the expectation of a maximum does, with the
 * logarithm of their number.
 *
 * @param executing messages that hold a permit
 * @param buffered messages that wait for one
 * @param lanes in which something executes or may start
 * @param longestLane messages behind the head of the longest lane, which run one after the other
 * @param permits of the consumer
 * @param times how long messages take; null before the first has ended
 */
public record Workload(
    int executing,
    int buffered,
    int lanes,
    int longestLane,
    int permits,
    @Nullable HandlingTimes times) {
  private static final double HUNDRED = Math.log(100);

  /** Nothing is there. */
  public static final Workload NONE = new Workload(0, 0, 0, 0, 1, null);

  /** How long all of it would take; empty where nothing is known of how long a message takes. */
  public Optional<Duration> duration() {
    if (executing + buffered == 0) {
      return Optional.of(Duration.ZERO);
    }
    HandlingTimes known = times;
    if (known == null) {
      return Optional.empty();
    }
    int width = Math.max(1, Math.min(permits, lanes));
    double mean = known.meanNanos();
    double before = Math.max(buffered * mean / width, longestLane * mean);
    int last = Math.min(width, executing + buffered);
    double spread = Math.min(1, Math.log(last) / HUNDRED);
    double slowest = known.p50Nanos() + spread * (known.p99Nanos() - known.p50Nanos());
    return Optional.of(Duration.ofNanos((long) (before + slowest)));
  }
}
