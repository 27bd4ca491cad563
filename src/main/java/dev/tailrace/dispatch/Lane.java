package dev.tailrace.dispatch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages that run one after the other, chained through themselves. The head runs, waits for a
 * permit or is parked. At its end it may begin anew, for another key. Event loop only.
 */
final class Lane {
  @Nullable Lane chained; // by the table of lanes
  private int hash; // of the key
  private @Nullable Object key; // null where it has ended
  private @Nullable Entry head; // null where it has ended
  private @Nullable Entry last; // null where nothing is behind the head
  private int waiting; // behind the head

  /** Keys may be arrays of bytes, which are equal where their bytes are. */
  static int hash(Object key) {
    return key instanceof byte[] bytes ? Arrays.hashCode(bytes) : key.hashCode();
  }

  /** Begins, for a key with its hash, with its first message. */
  void begin(Object ofKey, int itsHash, Entry first) {
    key = ofKey;
    hash = itsHash;
    head = first;
    first.lane = this;
  }

  boolean isOf(Object otherKey, int itsHash) {
    return hash == itsHash && Objects.deepEquals(key, otherKey);
  }

  int hash() {
    return hash;
  }

  Entry head() {
    return Objects.requireNonNull(head, "the lane has ended");
  }

  boolean isHead(Entry entry) {
    return head == entry;
  }

  /** Whether it holds all messages of a partition. */
  boolean isPartition() {
    return key == Order.PARTITION;
  }

  /** Equal to that of a later lane of the same key, and of no other. */
  Object voter() {
    return key instanceof byte[] bytes
        ? ByteBuffer.wrap(bytes)
        : Objects.requireNonNull(key, "the lane has ended");
  }

  void add(Entry entry) {
    entry.lane = this;
    Entry before = last == null ? head() : last;
    before.behind = entry;
    last = entry;
    waiting++;
  }

  int waiting() {
    return waiting;
  }

  /** Takes the next message to the head; null where there is none, and the lane has ended. */
  @Nullable Entry advance() {
    Entry done = head();
    Entry next = done.behind;
    done.behind = null;
    done.lane = null;
    head = next;
    if (next == null) {
      key = null;
    } else {
      tookBehind(next, null);
    }
    return next;
  }

  /** Takes the next message away from behind the head; null where there is none. */
  @Nullable Entry takeBehind() {
    Entry next = head().behind;
    if (next != null) {
      remove(next);
    }
    return next;
  }

  Stream<Entry> behind() {
    return Stream.iterate(head().behind, entry -> entry != null, entry -> entry.behind);
  }

  /** Takes a message away from behind the head; those behind it close up. */
  void remove(Entry entry) {
    Entry before = head();
    while (before.behind != entry) {
      before = Objects.requireNonNull(before.behind, "not behind the head");
    }
    before.behind = entry.behind;
    entry.behind = null;
    tookBehind(entry, before == head ? null : before);
  }

  private void tookBehind(Entry entry, @Nullable Entry before) {
    waiting--;
    if (last == entry) {
      last = before;
    }
  }
}
