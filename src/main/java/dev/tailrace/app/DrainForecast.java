package dev.tailrace.app;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How long a drain of the whole pool would take now. Consumers drain side by side, so that the
 * slowest decides. Immutable.
 *
 * @param slowest the pipeline that would take longest; "" where nothing is known
 * @param duration from the trigger to the last phase's end; empty where nothing is known of how
 *     long a message takes, or a loop does not answer
 */
record DrainForecast(String slowest, Optional<Duration> duration) {
  /** What a drain takes beside its work: to commit, to leave, to close. Measured. */
  static final Duration CLOSING = Duration.ofMillis(100);

  private static final DrainForecast UNKNOWN = new DrainForecast("", Optional.empty());

  /** By what each consumer has before it. */
  static DrainForecast of(List<Consumers.Standing> standings) {
    String slowest = "";
    Duration longest = Duration.ZERO;
    for (Consumers.Standing one : standings) {
      ConsumerStatus status = one.status();
      Optional<Duration> work =
          status == null
              ? Optional.of(Duration.ZERO).filter(nothing -> !one.silent())
              : status.workload().duration();
      if (work.isEmpty()) {
        return UNKNOWN;
      }
      if (work.get().compareTo(longest) > 0) {
        slowest = one.seat().pipeline().name();
        longest = work.get();
      }
    }
    return new DrainForecast(slowest, Optional.of(longest.plus(CLOSING)));
  }

  /** In milliseconds; -1 where it is not known. */
  long millis() {
    return duration.map(Duration::toMillis).orElse(-1L);
  }

  /** Whether all that is here is known to end before {@code limit}. */
  boolean fits(Duration limit) {
    return duration.isPresent() && duration.get().compareTo(limit) <= 0;
  }
}
