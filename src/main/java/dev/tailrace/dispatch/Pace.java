package dev.tailrace.dispatch;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** How long the last messages held their permits, from claim to settlement. Event loop only. */
final class Pace {
  /** So many of the last are remembered: enough for a percentile that means something. */
  static final int MOST = 512;

  private final long[] nanos = new long[MOST];
  private int next;
  private int known;

  void add(long held) {
    nanos[next] = held;
    next = next + 1 == MOST ? 0 : next + 1;
    known = Math.min(MOST, known + 1);
  }

  /** Empty before the first message has ended. */
  Optional<HandlingTimes> times() {
    if (known == 0) {
      return Optional.empty();
    }
    long[] sorted = Arrays.copyOf(nanos, known);
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).average().orElse(0);
    return Optional.of(new HandlingTimes((long) mean, at(sorted, 50), at(sorted, 99)));
  }

  /** What 99 of 100 messages do not exceed; empty before the first has ended. */
  Optional<Duration> longest() {
    return times().map(times -> Duration.ofNanos(times.p99Nanos()));
  }

  private static long at(long[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
