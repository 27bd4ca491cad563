package dev.tailrace.verify;

import java.util.Arrays;

/**
 * What is kept of every message: about 40 bytes, no object. A message is a number, given in the
 * order of first sight. Not thread-safe.
 */
final class MessageTable {
  /** It was taken in by somebody. */
  static final int RECEIVED = 1;

  /** Somebody finished it. */
  static final int SETTLED = 1 << 1;

  /** The broker confirmed its acknowledgement (Redis). */
  static final int ACKED = 1 << 2;

  /** It was in flight when its process was killed. */
  static final int KILLED = 1 << 3;

  /** A drain left it. */
  static final int ABANDONED = 1 << 4;

  /** It ran on after its partition or its claim had gone. */
  static final int LATE = 1 << 5;

  /** It was tried more than once. */
  static final int RETRIED = 1 << 6;

  /** A process ended its drain without a word about it. */
  static final int FORGOTTEN = 1 << 7;

  /** A handler finished it. */
  static final int DONE = 1 << 8;

  /** A position beyond it was committed while it was unfinished. */
  static final int PASSED = 1 << 9;

  /** A witness saw one effect. */
  static final int EFFECT = 1 << 10;

  /** Counted as repeated. */
  static final int REPEATED = 1 << 11;

  private int[] slots = new int[1 << 12];
  private int[] sources = new int[1 << 10];
  private long[] majors = new long[1 << 10];
  private long[] minors = new long[1 << 10];
  private short[] flags = new short[1 << 10];
  private int[] owners = new int[1 << 10];
  private int size;

  /** The number of a message, given now where it is new. */
  int idOf(int source, Position position) {
    int slot = slotOf(source, position.major(), position.minor());
    if (slots[slot] == 0) {
      if (size * 2 >= slots.length) {
        grow();
        slot = slotOf(source, position.major(), position.minor());
      }
      add(source, position);
      slots[slot] = size;
    }
    return slots[slot] - 1;
  }

  int size() {
    return size;
  }

  int sourceOf(int id) {
    return sources[id];
  }

  Position positionOf(int id) {
    return new Position(majors[id], minors[id]);
  }

  boolean has(int id, int flag) {
    return (flags[id] & flag) != 0;
  }

  /** Sets the flag; whether it was set before. */
  boolean set(int id, int flag) {
    boolean before = has(id, flag);
    flags[id] |= (short) flag;
    return before;
  }

  /** The ownership under which a handler finished it first; -1 where none did. */
  int ownerOf(int id) {
    return owners[id];
  }

  void setOwner(int id, int ownership) {
    owners[id] = ownership;
  }

  private void add(int source, Position position) {
    if (size == sources.length) {
      int length = size * 2;
      sources = Arrays.copyOf(sources, length);
      majors = Arrays.copyOf(majors, length);
      minors = Arrays.copyOf(minors, length);
      flags = Arrays.copyOf(flags, length);
      owners = Arrays.copyOf(owners, length);
    }
    sources[size] = source;
    majors[size] = position.major();
    minors[size] = position.minor();
    owners[size] = -1;
    size++;
  }

  private int slotOf(int source, long major, long minor) {
    long hash = (major * 0x9E3779B97F4A7C15L + minor) * 0xC2B2AE3D27D4EB4FL + source;
    hash ^= hash >>> 32;
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0 && !isAt(slots[slot] - 1, source, major, minor)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isAt(int id, int source, long major, long minor) {
    return majors[id] == major && sources[id] == source && minors[id] == minor;
  }

  private void grow() {
    slots = new int[slots.length * 2];
    for (int id = 0; id < size; id++) {
      slots[slotOf(sources[id], majors[id], minors[id])] = id + 1;
    }
  }
}
