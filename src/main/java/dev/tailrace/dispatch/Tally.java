package dev.tailrace.dispatch;

import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's count of messages; every change is a move from one column to another, so that the
 * sum always holds. Event loop only.
 */
final class Tally {
  private static final Finish[] FINISHES = Finish.values();

  private final ReadyHeads ready;
  private final long[] finished = new long[FINISHES.length];
  private @Nullable Map<Finish, Long> byFinish; // for snapshots; null where one finished since
  private long received;
  private long released;
  private long abandoned;
  private int executing;
  private int buffered;
  private int parked;
  private long bytes;
  private long executingBytes;

  /**
   * Makes it.
   *
   * @param ready is told how many permits each partition holds
   */
  Tally(ReadyHeads ready) {
    this.ready = ready;
  }

  int executing() {
    return executing;
  }

  /** Whether as many execute as may. */
  boolean isFull(Limits limits) {
    return executing >= limits.concurrency();
  }

  int buffered() {
    return buffered;
  }

  int waiting() {
    return buffered + parked;
  }

  long waitingBytes() {
    return bytes;
  }

  /** Of what waits and of what executes. */
  long heldBytes() {
    return bytes + executingBytes;
  }

  void received(Entry entry) {
    received++;
    enter(entry, Entry.Stage.BUFFERED);
  }

  void move(Entry entry, Entry.Stage to) {
    exit(entry);
    enter(entry, to);
  }

  void finished(Entry entry, Finish finish) {
    exit(entry);
    finished[cell(finish)]++;
    byFinish = null;
    entry.stage = Entry.Stage.GONE;
  }

  void released(Entry entry) {
    exit(entry);
    released++;
    entry.stage = Entry.Stage.GONE;
  }

  void abandoned(Entry entry) {
    exit(entry);
    abandoned++;
    entry.stage = Entry.Stage.GONE;
  }

  private void enter(Entry entry, Entry.Stage stage) {
    entry.stage = stage;
    count(entry, stage, 1);
  }

  private void exit(Entry entry) {
    assert entry.stage != Entry.Stage.GONE : entry + " left the pool twice";
    count(entry, entry.stage, -1);
  }

  private void count(Entry entry, Entry.Stage stage, int step) {
    switch (stage) {
      case EXECUTING -> {
        executing += step;
        executingBytes += (long) step * entry.bytes();
        entry.home.executing += step;
        entry.home.executingBytes += (long) step * entry.bytes();
        ready.reorder(entry.home);
      }
      case BUFFERED -> {
        buffered += step;
        waits(entry, step);
      }
      case PARKED -> {
        parked += step;
        entry.home.parked += step;
        waits(entry, step);
      }
      case GONE -> throw new IllegalStateException(entry + " is gone");
    }
  }

  private void waits(Entry entry, int step) {
    bytes += (long) step * entry.bytes();
    entry.home.waiting += step;
    entry.home.waitingBytes += (long) step * entry.bytes();
  }

  @SuppressWarnings("EnumOrdinal") // a cell per constant, without boxing a count per message
  private static int cell(Finish finish) {
    return finish.ordinal();
  }

  MessageCounts snapshot() {
    Map<Finish, Long> now = byFinish == null ? byFinish() : byFinish;
    byFinish = now;
    return new MessageCounts(
        received, now, released, abandoned, executing, buffered, parked, bytes);
  }

  private Map<Finish, Long> byFinish() {
    Map<Finish, Long> counts = new EnumMap<>(Finish.class);
    for (Finish finish : FINISHES) {
      counts.put(finish, finished[cell(finish)]);
    }
    return counts;
  }
}
