package dev.tailrace.source;

/**
 * When messages were written, by sample: the first of each poll. Enough to tell the age of the
 * oldest unfinished message to within one poll, at a bounded price. Belongs to the event loop.
 */
final class AgeSamples {
  /** Older samples are merged beyond this, so that the age is over-estimated, never under. */
  static final int LIMIT = 256;

  private static final int FEW = 8; // as many as there are polls under way, mostly

  private long[] offsets = new long[FEW]; // event loop only; a ring
  private long[] timestamps = new long[FEW]; // event loop only; a ring
  private int first; // event loop only
  private int size; // event loop only

  /**
   * Notes a message; offsets grow, save where something is read again, of which it is known. What
   * lies below {@code mark} is forgotten.
   */
  void add(long offset, long timestamp, long mark) {
    forgetBelow(mark);
    if (size > 0 && offset <= offsets[index(size - 1)]) {
      return;
    }
    if (size == LIMIT) { // what comes counts as being as old as the last
      timestamps[index(size - 1)] = Math.min(timestamps[index(size - 1)], timestamp);
      return;
    }
    if (size == offsets.length) {
      offsets = doubled(offsets);
      timestamps = doubled(timestamps);
      first = 0;
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

  /** A full ring with as much room again; what was first in it is first in the array. */
  private long[] doubled(long[] ring) {
    long[] larger = new long[2 * ring.length];
    System.arraycopy(ring, first, larger, 0, ring.length - first);
    System.arraycopy(ring, 0, larger, ring.length - first, first);
    return larger;
  }

  private int index(int i) {
    return (first + i) % offsets.length;
  }
}
