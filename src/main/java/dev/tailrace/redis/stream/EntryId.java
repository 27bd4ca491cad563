package dev.tailrace.redis.stream;

import dev.tailrace.message.Origin;
import io.vertx.core.buffer.Buffer;

/**
 * The id of a stream entry, {@code <milliseconds>-<sequence>}, read without a detour by strings.
 */
public final class EntryId {
  private static final long MOST_TENTHS = Long.divideUnsigned(-1, 10);

  private EntryId() {}

  /**
   * Reads an id as the server writes it.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Origin origin(String stream, Buffer id) {
    int dash = -1;
    for (int i = 0; i < id.length() && dash < 0; i++) {
      dash = id.getByte(i) == '-' ? i : -1;
    }
    if (dash < 1 || dash == id.length() - 1) {
      throw new IllegalArgumentException("no entry id: " + id);
    }
    return Origin.entry(stream, number(id, 0, dash), number(id, dash + 1, id.length()));
  }

  /** Both halves are unsigned 64 bit numbers on the server, and may be as high as there are. */
  private static long number(Buffer id, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = id.getByte(i) - '0';
      long next = value * 10 + digit;
      boolean tooHigh =
          Long.compareUnsigned(value, MOST_TENTHS) > 0 || Long.compareUnsigned(next, digit) < 0;
      if (digit < 0 || digit > 9 || tooHigh) {
        throw new IllegalArgumentException("no entry id: " + id);
      }
      value = next;
    }
    return value;
  }
}
