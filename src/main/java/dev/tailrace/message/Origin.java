package dev.tailrace.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a message came from: the source, and the position in it. Immutable.
 *
 * <p>The source is a Kafka partition ({@code orders/2}) or a Redis stream ({@code payments}); the
 * position is a Kafka offset ({@code 57}) or a stream entry's id ({@code 1700000000000-3}).
 * Positions of one source are comparable by {@code (major, minor)}.
 *
 * @param source the partition or stream, as printed
 * @param major the offset, or the milliseconds of an entry id; unsigned
 * @param minor the sequence of an entry id, unsigned, or {@link #OFFSET} where the position is a
 *     plain offset
 */
public record Origin(String source, long major, long minor) implements Comparable<Origin> {
  private static final Pattern PRINTED = Pattern.compile("(?s)(.*)@(\\d{1,20})(?:-(\\d{1,20}))?");

  /** The {@code minor} of a position that is one number; the highest sequence is another. */
  public static final long OFFSET = Long.MIN_VALUE;

  /** A position in a Kafka partition. */
  public static Origin offset(String source, long offset) {
    return new Origin(source, offset, OFFSET);
  }

  /** A position in a Redis stream. */
  public static Origin entry(String source, long millis, long sequence) {
    return new Origin(source, millis, sequence);
  }

  /**
   * Reads what {@link #toString} printed.
   *
   * @throws IllegalArgumentException where it is no origin
   */
  public static Origin parse(String text) {
    Matcher parts = PRINTED.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no origin such as orders/2@57");
    }
    String minor = parts.group(3);
    return new Origin(
        parts.group(1),
        Long.parseUnsignedLong(parts.group(2)),
        minor == null ? OFFSET : Long.parseUnsignedLong(minor));
  }

  /** The position alone: {@code 57}, or {@code 1700000000000-3}. */
  public String position() {
    String first = Long.toUnsignedString(major);
    return minor == OFFSET ? first : first + "-" + Long.toUnsignedString(minor);
  }

  /** By source, then by position. */
  @Override
  public int compareTo(Origin other) {
    int bySource = source.compareTo(other.source);
    if (bySource != 0) {
      return bySource;
    }
    int byMajor = Long.compareUnsigned(major, other.major);
    return byMajor != 0 ? byMajor : Long.compareUnsigned(minor, other.minor);
  }

  @Override
  public String toString() {
    return source + "@" + position();
  }
}
