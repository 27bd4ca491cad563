package dev.tailrace.verify;

import org.jspecify.annotations.Nullable;

/** The messages of one key, or of one partition, in one ownership. */
final class Lane {
  private int holder = -1;
  private @Nullable Position last;
  private long lastReceived;
  private int lastMessage = -1;

  /** The message that runs or waits for its next attempt; -1 where none does. */
  int holder() {
    return holder;
  }

  /** The message started last; -1 before the first. */
  int lastMessage() {
    return lastMessage;
  }

  /**
   * A message starts for the first time.
   *
   * @return whether it is behind the one before it: by offset, or for entries by their receipt,
   *     since an entry that was taken over comes late
   */
  boolean start(int message, Position position, long received) {
    boolean behind =
        last == null
            || (position.isOffset() ? position.major() >= last.major() : received >= lastReceived);
    holder = message;
    last = position;
    lastReceived = received;
    lastMessage = message;
    return behind;
  }

  void end(int message) {
    if (holder == message) {
      holder = -1;
    }
  }
}
