package dev.tailrace.config;

import java.time.Duration;
import java.util.OptionalLong;

/** Durations as the configuration writes them: {@code 250ms}, {@code 10s}, {@code 7d}. */
public final class Durations {

  private Durations() {}

  /**
   * Reads a whole number with one of the units ms, s, m, h, d.
   *
   * @throws IllegalArgumentException where it is anything else, or longer than ten years; the
   *     message says what is allowed
   */
  public static Duration parse(String text) {
    OptionalLong millis = Quantity.DURATION.parse(text);
    if (millis.isEmpty() || millis.getAsLong() > Quantity.DURATION.ceiling()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not " + Quantity.DURATION.phrase() + " of at most 3650d");
    }
    return Duration.ofMillis(millis.getAsLong());
  }

  /**
   * Prints in the largest unit that keeps it whole; {@link #parse} reads it back. What is below a
   * millisecond is cut.
   */
  public static String print(Duration duration) {
    return Quantity.DURATION.print(duration.toMillis());
  }
}
