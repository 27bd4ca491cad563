package dev.tailrace.processing;

import java.time.Duration;

/**
 * When failures are an outage. Immutable.
 *
 * @param percent the share of failing messages from which on it is one, from 1 to 100; 0 for never
 * @param least how many messages have to be known of for that, at least 1
 * @param most of how many messages the last outcome counts, at least {@code least}
 * @param span how long it counts, above zero
 */
public record BreakerPolicy(int percent, int least, int most, Duration span) {
  /** Half of the last hundred messages of the last minute, of which there must be fifty. */
  public static final BreakerPolicy DEFAULT = new BreakerPolicy(50, 50, 100, Duration.ofMinutes(1));

  /** No failures are an outage. */
  public static final BreakerPolicy OFF = DEFAULT.withPercent(0);

  /** Refuses values out of range. */
  public BreakerPolicy {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent must be from 0 to 100, not " + percent);
    }
    if (least < 1 || most < least || span.isZero() || span.isNegative()) {
      throw new IllegalArgumentException("least must be from 1 to most, and span above 0");
    }
  }

  /** This policy with another share. */
  public BreakerPolicy withPercent(int share) {
    return new BreakerPolicy(share, least, most, span);
  }

  boolean isOff() {
    return percent == 0;
  }
}
