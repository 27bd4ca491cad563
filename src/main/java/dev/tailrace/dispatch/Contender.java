package dev.tailrace.dispatch;

/**
 * The place of a partition among those that wait for a permit; {@link ReadyHeads} alone moves it.
 * Event loop only.
 */
final class Contender {
  /** Of a partition that has nothing ready. */
  static final int NONE = -1;

  final PartitionBuffer buffer;
  int level = NONE;
  Contender next = this; // in the ring of those at its level
  Contender previous = this;
  boolean stale; // its level may be another one

  Contender(PartitionBuffer buffer) {
    this.buffer = buffer;
  }
}
