package dev.tailrace.source;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One assigned partition: its credit, what was polled and has not entered the pool, and how far it
 * is. Belongs to the event loop.
 *
 * <p>What was polled waits here for a turn, and what is beyond the credit for more of it; longer
 * where the window is full, or where it lies in a tier of retries and is not due. Beyond the credit
 * it holds at most what polls bring until its partition is held back: all partitions together, one
 * poll more than their credit. What has not begun can be given back, and read again.
 */
final class OwnedPartition {
  /** What came of an attempt to hand over. */
  enum Handover {
    /** Everything entered the pool. */
    ALL,
    /** The credit is used up; the rest waits for more. */
    CREDIT_USED,
    /** The window is full; the rest waits for the mark to move. */
    WINDOW_FULL,
    /** The next one is not due; the rest waits behind it. */
    NOT_DUE,
    /** The start of the next one is being counted; the rest waits behind it. */
    COUNTED_FIRST,
    /** A record came from below: the topic was made anew. */
    RESTARTED
  }

  private final TrackedPartition tracked;
  private final Runnable unblocked;
  private final Supplier<Map<String, MarkHolder>> pool;
  private final AgeSamples ages = new AgeSamples();
  private final ArrayDeque<PolledDelivery> polled = new ArrayDeque<>(); // event loop only

  private long polledBytes; // event loop only
  private int messages; // event loop only; credit that is left
  private long bytes; // event loop only; credit that is left
  private boolean blocked; // event loop only; the window is full, or a start is being counted
  private @Nullable PolledDelivery early; // event loop only; the first one, while it is not due
  private @Nullable PolledDelivery noted; // event loop only; the first one, at some time
  private boolean rereading; // event loop only; what was given back is not on its way again
  private boolean counting; // event loop only; a start is
  private boolean held = true; // event loop only; as the poller was last told
  private boolean leaving; // event loop only; nothing enters the pool any more
  private long nextOffset; // event loop only
  private long end = -1; // event loop only; as the broker last said

  /**
   * Makes a partition without credit.
   *
   * @param start the offset that is read next
   * @param unblocked called when a full window may have room again
   * @param pool the lowest message in the pool, by source; asked when somebody has to know
   */
  OwnedPartition(
      TrackedPartition tracked,
      long start,
      Runnable unblocked,
      Supplier<Map<String, MarkHolder>> pool) {
    this.tracked = tracked;
    this.nextOffset = start;
    this.unblocked = unblocked;
    this.pool = pool;
  }

  Partition partition() {
    return tracked.partition();
  }

  /** Sets the credit; what was polled and is not handed over yet counts against it. */
  void request(int messages, long bytes) {
    this.messages = messages - polled.size();
    this.bytes = bytes - polledBytes;
  }

  /** Takes what a poll brought; it is handed over in a later turn. */
  void arrived(List<? extends PolledMessage> records) {
    if (leaving || rereading || records.isEmpty()) {
      return; // while something is read again, what comes was polled before that
    }
    long weight = 0;
    for (PolledMessage message : records) {
      PolledDelivery delivery = new PolledDelivery(this, message);
      weight += delivery.bytes();
      polled.add(delivery);
    }
    messages -= records.size();
    bytes -= weight;
    polledBytes += weight;
    PolledMessage first = records.get(0);
    ages.add(first.offset(), first.timestamp().toEpochMilli(), tracked.progress().mark());
    nextOffset = records.get(records.size() - 1).offset() + 1;
  }

  /** Adds to {@code batch} what may enter the pool by now. */
  Handover handOver(List<Delivery> batch, Instant now) {
    blocked = false;
    early = null;
    for (PolledDelivery next = polled.peek(); next != null; next = polled.peek()) {
      if (messages + polled.size() <= 0 || bytes + polledBytes <= 0) {
        return Handover.CREDIT_USED;
      }
      if (!next.isBegun()) {
        if (next.offset() < tracked.next()) {
          return Handover.RESTARTED;
        }
        if (!next.isDue(now)) {
          early = next;
          return Handover.NOT_DUE;
        }
        PositionTracker.Begin begin = tracked.begin(next.offset());
        if (begin == PositionTracker.Begin.WINDOW_FULL) {
          tracked.windowFull(mark -> holder(mark, pool.get()));
          return hold(Handover.WINDOW_FULL);
        }
        if (begin == PositionTracker.Begin.ALREADY_FINISHED) {
          next.markFinishedBefore();
        }
        next.begin();
      }
      if (!next.finishedBefore() && tracked.resumes().isToBeCounted()) {
        count();
        return hold(Handover.COUNTED_FIRST);
      }
      polled.remove();
      polledBytes -= next.bytes();
      batch.add(next);
    }
    return Handover.ALL;
  }

  private Handover hold(Handover why) {
    blocked = true;
    return why;
  }

  /** Notes what comes first here, to see later whether it still does. */
  void note() {
    noted = polled.peek();
  }

  /** Whether nothing has left since the note was taken. */
  boolean stands() {
    return noted != null && noted == polled.peek();
  }

  /** Whether it would flow, were it not for what others hold here. */
  boolean isKeptWaiting() {
    return polled.isEmpty() && !leaving && !blocked && !rereading && messages > 0 && bytes > 0;
  }

  /**
   * Forgets what has not begun; until {@link #reread} nothing arrives.
   *
   * @return the offset from which on it is to be read again, or -1 where there is nothing
   */
  long giveBack() {
    PolledDelivery first = polled.peek();
    boolean keepsFirst = first != null && first.isBegun();
    if (leaving || rereading || early != null || polled.size() <= (keepsFirst ? 1 : 0)) {
      return -1;
    }
    if (keepsFirst) {
      polled.remove();
    }
    nextOffset = polled.element().offset();
    for (PolledDelivery dropped = polled.poll(); dropped != null; dropped = polled.poll()) {
      messages++;
      bytes += dropped.bytes();
      polledBytes -= dropped.bytes();
    }
    if (first != null && keepsFirst) {
      polled.add(first);
    }
    rereading = true;
    return nextOffset;
  }

  /** What was given back comes next. */
  void reread() {
    rereading = false;
  }

  /** Before the first message of an epoch starts it is written down that it does. */
  private void count() {
    if (!counting) {
      counting = true;
      tracked
          .resumes()
          .countNext()
          .onSuccess(
              counted -> {
                counting = false;
                if (!leaving && !tracked.ended()) {
                  blocked = false;
                  unblocked.run();
                }
              });
    }
  }

  Resumes resumes() {
    return tracked.resumes();
  }

  void settle(long offset) {
    tracked.finish(offset);
    if (blocked) {
      blocked = false;
      unblocked.run();
    }
  }

  /** When the first of what waits here may enter the pool; null where no time holds it up. */
  @Nullable Instant due() {
    Retried retried = early == null || leaving ? null : early.retried();
    return retried == null ? null : retried.due();
  }

  /** Forgets what has not entered the pool, and lets nothing in any more. */
  void leave() {
    leaving = true;
    PolledDelivery first = polled.peek();
    if (first != null && first.isBegun()) {
      tracked.resumes().uncount(); // what was counted, or is being counted, does not start
    }
    polled.clear();
    polledBytes = 0;
  }

  /** The offset of the first record that has not entered the pool. */
  long firstPolled() {
    PolledDelivery first = polled.peek();
    return first == null ? nextOffset : first.offset();
  }

  /** Credit in messages that is left, below zero where polls brought more; 0 until it is due. */
  int messagesLeft() {
    return leaving || early != null ? 0 : messages;
  }

  /** Credit in bytes that is left, below zero where polls brought more; 0 until it is due. */
  long bytesLeft() {
    return leaving || early != null ? 0 : bytes;
  }

  /** Whether something waits here that credit would let in. */
  boolean isWaiting() {
    return !polled.isEmpty() && !blocked && !leaving;
  }

  /** Messages that have not entered the pool. */
  int waiting() {
    return polled.size();
  }

  /** All that was polled is in the pool, which counts it from now on. */
  void handedOver() {
    if (polled.isEmpty()) {
      messages = Math.max(0, messages);
      bytes = Math.max(0, bytes);
    }
  }

  /**
   * Whether the poller has to be told to hold this partition back, or to let it flow.
   *
   * @param full whether the credit of all partitions together is used up
   */
  boolean flowChanged(boolean full) {
    boolean hold =
        full || leaving || blocked || rereading || early != null || messages <= 0 || bytes <= 0;
    boolean changed = hold != held;
    held = hold;
    return changed;
  }

  /**
   * Whether all has finished that lies below {@code end}.
   *
   * @param position what is polled next; below it there is nothing that has not arrived here
   */
  boolean isThrough(long end, long position) {
    TrackedPartition.Progress progress = tracked.progress();
    boolean through =
        progress.mark() >= end
            || (position >= end && polled.isEmpty() && progress.unfinished() == 0);
    return through && !leaving && !rereading;
  }

  boolean held() {
    return held;
  }

  void end(long offset) {
    end = offset;
  }

  /**
   * How it stands now.
   *
   * @param lowest in the pool, by source
   */
  SourceStatus.PartitionStatus status(long wallMillis, Map<String, MarkHolder> lowest) {
    TrackedPartition.Progress progress = tracked.progress();
    long lag = end < 0 ? -1 : Math.max(0, end - firstPolled());
    long age = progress.unfinished() == 0 ? 0 : ages.age(progress.mark(), wallMillis);
    return new SourceStatus.PartitionStatus(
        partition().source(),
        partition().epoch(),
        progress.committed(),
        lag,
        age,
        progress.gap(),
        progress.gapAgeMillis(),
        progress.gap() == 0 ? null : holder(progress.mark(), lowest),
        held);
  }

  private MarkHolder holder(long mark, Map<String, MarkHolder> lowest) {
    String position = Long.toString(mark);
    MarkHolder known = lowest.get(partition().source());
    return known != null && known.position().equals(position)
        ? known
        : new MarkHolder(position, "");
  }
}
