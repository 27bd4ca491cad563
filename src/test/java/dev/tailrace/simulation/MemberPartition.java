package dev.tailrace.simulation;

import dev.tailrace.message.Message;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.PositionTracker.Begin;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import dev.tailrace.source.TrackedPartition;
import java.util.ArrayDeque;
import java.util.List;

/** One assigned partition: its credit, and what was polled and has not entered the pool. */
final class MemberPartition {
  private final TrackedPartition tracked;
  private final Runnable unblocked;
  private final ArrayDeque<MemberDelivery> polled = new ArrayDeque<>();
  private long polledBytes;
  private int messages;
  private long bytes;
  private boolean blocked; // the window is full
  private boolean held = true; // as the poll thread was last told
  private boolean leaving;

  MemberPartition(TrackedPartition tracked, Runnable unblocked) {
    this.tracked = tracked;
    this.unblocked = unblocked;
  }

  Partition partition() {
    return tracked.partition();
  }

  void request(int most, long mostBytes) {
    messages = most - polled.size();
    bytes = mostBytes - polledBytes;
  }

  void arrived(List<WorldMessage> found) {
    if (leaving) {
      return;
    }
    for (WorldMessage message : found) {
      MemberDelivery delivery = new MemberDelivery(this, message);
      polled.add(delivery);
      polledBytes += delivery.bytes();
      messages--;
      bytes -= delivery.bytes();
    }
  }

  /** Adds what may enter the pool; false where a record came from below: the topic is new. */
  boolean handOver(List<Delivery> batch) {
    blocked = false;
    for (MemberDelivery next = polled.peek(); next != null; next = polled.peek()) {
      long offset = next.message.offset();
      if (offset < tracked.next()) {
        return false;
      }
      Begin begin = tracked.begin(offset);
      if (begin == Begin.WINDOW_FULL) {
        blocked = true;
        return true;
      }
      next.finishedBefore = begin == Begin.ALREADY_FINISHED;
      polled.remove();
      polledBytes -= next.bytes();
      batch.add(next);
    }
    return true;
  }

  long firstPolled() {
    MemberDelivery first = polled.peek();
    return first == null ? tracked.next() : first.message.offset();
  }

  private void settle(long offset) {
    tracked.finish(offset);
    if (blocked) {
      blocked = false;
      unblocked.run();
    }
  }

  void leave() {
    leaving = true;
    polled.clear();
    polledBytes = 0;
  }

  /** Below zero where the last poll brought more. */
  int messagesLeft() {
    return leaving || blocked ? 0 : messages;
  }

  long bytesLeft() {
    return leaving || blocked ? 0 : bytes;
  }

  /** The pool counts what was polled from now on. */
  void handedOver() {
    if (polled.isEmpty()) {
      messages = Math.max(0, messages);
      bytes = Math.max(0, bytes);
    }
  }

  boolean flowChanged(boolean holdAll) {
    boolean hold = holdAll || leaving || blocked || messages <= 0 || bytes <= 0;
    boolean changed = hold != held;
    held = hold;
    return changed;
  }

  boolean held() {
    return held;
  }

  PartitionStatus status() {
    TrackedPartition.Progress progress = tracked.progress();
    return new PartitionStatus(
        partition().source(),
        partition().epoch(),
        progress.committed(),
        -1,
        -1,
        progress.gap(),
        progress.gapAgeMillis(),
        held);
  }

  private static final class MemberDelivery implements Delivery {
    private final MemberPartition home;
    private final WorldMessage message;
    private boolean finishedBefore;

    MemberDelivery(MemberPartition home, WorldMessage message) {
      this.home = home;
      this.message = message;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public Partition partition() {
      return home.partition();
    }

    @Override
    public int bytes() {
      return message.body().length();
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public boolean finishedBefore() {
      return finishedBefore;
    }

    @Override
    public void settle() {
      if (!finishedBefore) {
        home.settle(message.offset());
      }
    }

    @Override
    public void release() {}
  }
}
