package dev.tailrace.message;

/**
 * Where a message came from: the source, and the position in it. Immutable.
 *
 * <p>The source is a Kafka partition ({@code orders/2}) or a Redis stream ({@code payments}); the
 * position is a Kafka offset ({@code 57}) or a stream entry's id ({@code 1700000000000-3}).
 * Positions of one source are comparable by {@code (major, minor)}.
 *
 * @param source the partition or stream, as printed
 * @param major the offset, or the milliseconds of an entry id; at least 0
 * @param minor the sequence of an entry id, or {@link #OFFSET} where the position is a plain offset
 */
public record Origin(String source, long major, long minor) implements Comparable<Origin> {
  /** The {@code minor} of a position that is one number. */
  public static final long OFFSET = -1;

  /** A position in a Kafka partition. */
  public static Origin offset(String source, long offset) {
    return new Origin(source, offset, OFFSET);
  }

  /** A position in a Redis stream. */
  public static Origin entry(String source, long millis, long sequence) {
    return new Origin(source, millis, sequence);
  }

  /** The position alone: {@code 57}, or {@code 1700000000000-3}. */
  public String position() {
    return minor == OFFSET ? Long.toString(major) : major + "-" + minor;
  }

  /** By source, then by position. */
  @Override
  public int compareTo(Origin other) {
    int bySource = source.compareTo(other.source);
    if (bySource != 0) {
      return bySource;
    }
    int byMajor = Long.compare(major, other.major);
    return byMajor != 0 ? byMajor : Long.compareUnsigned(minor, other.minor);
  }

  @Override
  public String toString() {
    return source + "@" + position();
  }
}
