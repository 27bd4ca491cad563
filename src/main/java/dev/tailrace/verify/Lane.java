package dev.tailrace.verify;

import org.jspecify.annotations.Nullable;

/** The messages of one key, or of one partition, in one ownership. */
final class Lane {
  private final String name;
  private int inHand;
  private @Nullable Held holder;
  private @Nullable Held last;
  private @Nullable Held returned;

  Lane(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The message that runs or waits for its next attempt; null where none does. */
  @Nullable Held holder() {
    return holder;
  }

  /** The message started last; null before the first. */
  @Nullable Held last() {
    return last;
  }

  /** The lowest message that went back unfinished; null where none did. */
  @Nullable Held returned() {
    return returned;
  }

  void enter() {
    inHand++;
  }

  /** A message starts for the first time. */
  void start(Held message) {
    holder = message;
    last = message;
  }

  /** A message ends here; whether nothing is left to be known of the lane. */
  boolean leave(Held message, boolean finished) {
    inHand--;
    if (holder == message) {
      holder = null;
    }
    if (!finished
        && message.position().isOffset()
        && (returned == null || message.position().major() < returned.position().major())) {
      returned = message;
    }
    return inHand <= 0 && returned == null;
  }

  /**
   * Whether one message is behind another: by offset, or for entries by their receipt, since an
   * entry that was taken over comes late.
   */
  static boolean isBehind(Held message, Held other) {
    return message.position().isOffset()
        ? message.position().major() >= other.position().major()
        : message.receivedSeq() >= other.receivedSeq();
  }
}
