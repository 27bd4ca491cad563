package dev.tailrace.dispatch;

import java.util.ArrayDeque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages that run one after the other. The head runs, waits for a permit or is parked. */
final class Lane {
  final Object key;
  final int hash; // of the key
  @Nullable Lane chained; // event loop only; by the table of lanes
  Entry head; // event loop only
  private @Nullable ArrayDeque<Entry> behind; // event loop only

  Lane(Object key, int hash, Entry head) {
    this.key = key;
    this.hash = hash;
    this.head = head;
  }

  void add(Entry entry) {
    if (behind == null) {
      behind = new ArrayDeque<>(4);
    }
    behind.add(entry);
  }

  int waiting() {
    return behind == null ? 0 : behind.size();
  }

  /** Takes the next message to the head; null where the lane is at its end. */
  @Nullable Entry advance() {
    Entry next = behind == null ? null : behind.poll();
    if (next != null) {
      head = next;
    }
    return next;
  }

  /** Takes the next message away from behind the head; null where there is none. */
  @Nullable Entry takeBehind() {
    return behind == null ? null : behind.poll();
  }

  Stream<Entry> behind() {
    return behind == null ? Stream.empty() : behind.stream();
  }

  boolean remove(Entry entry) {
    return behind != null && behind.remove(entry);
  }
}
