package dev.tailrace.kafka;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * Where a group begins that has no position yet.
 *
 * @param kind how it is found
 * @param millis since 1970 for {@code TIMESTAMP}, else 0
 */
public record StartPosition(Kind kind, long millis) {
  private static final String TIMESTAMP_PREFIX = "timestamp:";

  /** How the position is found. */
  public enum Kind {
    /** The oldest message that the broker still holds. */
    EARLIEST,
    /** What is written from now on. */
    LATEST,
    /** The first message not older than a time. */
    TIMESTAMP,
    /** Nowhere: the group must have a position, or the source is unfit. */
    NONE
  }

  /** The oldest message that the broker still holds. */
  public static StartPosition earliest() {
    return new StartPosition(Kind.EARLIEST, 0);
  }

  /** What is written from now on. */
  public static StartPosition latest() {
    return new StartPosition(Kind.LATEST, 0);
  }

  /** The first message not older than {@code time}. */
  public static StartPosition since(Instant time) {
    return new StartPosition(Kind.TIMESTAMP, time.toEpochMilli());
  }

  /** Refuses to begin without a position. */
  public static StartPosition none() {
    return new StartPosition(Kind.NONE, 0);
  }

  /**
   * Reads {@code earliest}, {@code latest}, {@code none} or {@code timestamp:} with an ISO-8601
   * instant.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static StartPosition parse(String text) {
    if (text.startsWith(TIMESTAMP_PREFIX)) {
      try {
        return since(Instant.parse(text.substring(TIMESTAMP_PREFIX.length())));
      } catch (DateTimeException notATime) {
        throw new IllegalArgumentException("'" + text + "' holds no ISO-8601 time", notATime);
      }
    }
    return switch (text) {
      case "earliest" -> earliest();
      case "latest" -> latest();
      case "none" -> none();
      default -> throw new IllegalArgumentException("'" + text + "' is no starting position");
    };
  }

  @Override
  public String toString() {
    return kind == Kind.TIMESTAMP
        ? TIMESTAMP_PREFIX + Instant.ofEpochMilli(millis)
        : kind.name().toLowerCase(Locale.ROOT);
  }
}
