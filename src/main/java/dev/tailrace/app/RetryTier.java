package dev.tailrace.app;

import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.SourceConfig;
import java.time.Duration;
import java.util.List;

/**
 * A topic or stream in which failed messages of one pipeline wait for a later attempt. It is
 * written and read by that pipeline alone.
 *
 * @param delay how long they wait, above zero
 * @param source how it is read, as {@link SourceConfig#retryTier} makes it
 * @param destination how it is written
 */
public record RetryTier(Duration delay, SourceConfig source, SinkFactory destination) {
  /** Refuses a delay of nothing. */
  public RetryTier {
    if (delay.isZero() || delay.isNegative()) {
      throw new IllegalArgumentException("the delay of a tier must be above 0, not " + delay);
    }
  }

  static void checkGrowing(List<RetryTier> tiers) {
    for (int i = 1; i < tiers.size(); i++) {
      if (tiers.get(i).delay().compareTo(tiers.get(i - 1).delay()) <= 0) {
        throw new IllegalArgumentException(
            "the delays of tiers must grow: "
                + tiers.get(i).delay()
                + " follows "
                + tiers.get(i - 1).delay());
      }
    }
  }
}
