package dev.tailrace.source;

/**
 * When messages were written, by sample: the first of each poll. Enough to tell the age of the
 * oldest unfinished message to within one poll, at a bounded price. Belongs to the event loop.
 */
final class AgeSamples {
  /** Older samples are merged beyond this, so that the age is over-estimated, never under. */
  static final int LIMIT = 256;

  private final long[] offsets = new long[LIMIT]; // event loop only; a ring
  private final long[] timestamps = new long[LIMIT]; // event loop only; a ring
  private int first; // event loop only
  private int size; // event loop only

  /** Notes a message; offsets grow. What lies below {@code mark} is forgotten. */
  void add(long offset, long timestamp, long mark) {
    forgetBelow(mark);
    if (size == LIMIT) { // what comes counts as being as old as the last
      timestamps[index(size - 1)] = Math.min(timestamps[index(size - 1)], timestamp);
      return;
    }
    offsets[index(size)] = offset;
    timestamps[index(size)] = timestamp;
    size++;
  }

  /** The age in milliseconds of the message at {@code mark}, or -1 where nothing is known of it. */
  long age(long mark, long nowMillis) {
    forgetBelow(mark);
    return size == 0 || offsets[first] > mark ? -1 : Math.max(0, nowMillis - timestamps[first]);
  }

  private void forgetBelow(long mark) {
    while (size > 1 && offsets[index(1)] <= mark) {
      first = index(1);
      size--;
    }
  }

  private int index(int i) {
    return (first + i) % LIMIT;
  }
}
