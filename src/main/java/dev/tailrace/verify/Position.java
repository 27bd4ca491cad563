package dev.tailrace.verify;

import org.jspecify.annotations.Nullable;

/**
 * A place in a partition ({@code 57}) or stream ({@code 17-3}).
 *
 * @param major the offset, or the milliseconds of an entry
 * @param minor the sequence of an entry, or {@link #OFFSET}
 */
record Position(long major, long minor) {
  /** The minor of a plain offset. */
  static final long OFFSET = -1;

  /** Null where the text is no position. */
  static @Nullable Position parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int dash = text.indexOf('-');
    try {
      return dash < 0
          ? new Position(Long.parseUnsignedLong(text), OFFSET)
          : new Position(
              Long.parseUnsignedLong(text, 0, dash, 10),
              Long.parseUnsignedLong(text, dash + 1, text.length(), 10));
    } catch (NumberFormatException other) {
      return null;
    }
  }

  /** Whether one mark per partition tells what is finished, as in Kafka. */
  boolean isOffset() {
    return minor == OFFSET;
  }

  /** Whether it comes before another of its kind. */
  boolean isBelow(Position other) {
    int byMajor = Long.compareUnsigned(major, other.major);
    return byMajor < 0 || (byMajor == 0 && Long.compareUnsigned(minor, other.minor) < 0);
  }

  @Override
  public String toString() {
    return isOffset() ? Long.toString(major) : major + "-" + Long.toUnsignedString(minor);
  }
}
