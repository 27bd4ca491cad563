package dev.tailrace.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What becomes of a partition whose next position the broker does not hold; always an alarm. */
public enum OutOfRange {
  /** It goes on at the oldest message that is left: nothing that the broker holds is skipped. */
  EARLIEST,
  /** It is read no further until the process starts again, with a position that somebody set. */
  HOLD;

  /** As written in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(OutOfRange::label).toList();
  }
}
