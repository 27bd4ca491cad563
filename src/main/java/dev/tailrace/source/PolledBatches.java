package dev.tailrace.source;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of polled batches into the pool, by the credit of the partitions that they come from.
 * Event loop only.
 *
 * <p>A batch is weighed against the credit at once, and the next poll waits for that unless there
 * was credit for this one, so that who has no credit is held back in time; it enters the pool two
 * turns later, so that a poll that has waited overlaps with the work on it. What polls brought
 * beyond the credit of their partition waits for more of it, and counts against the others until
 * then: so what is here and in the pool passes the mark by one poll at most, not by one per
 * partition. Where that stands still and keeps others waiting, it is given back, and read again
 * when there is credit for it: so partitions whose handlers are stuck hold their shares of the
 * pool, and nothing else.
 *
 * <p>Who may flow is never seen while the pool is changing its credit: it takes back what several
 * partitions have one after the other, and a poll that is let loose in between comes back with what
 * no room is left for, whatever is said next. So the poller is told once for all of a turn, which
 * also wakes it but once.
 */
final class PolledBatches {
  /** Where batches go, and who tells the poller. */
  interface Outlet {
    /** Takes deliveries into the pool. */
    void accept(List<Delivery> batch);

    /** See {@link OwnedPartitions.Poller#flow}. */
    void flow(Map<Partition, Boolean> held);

    /** See {@link OwnedPartitions.Poller#left}. */
    void left(CreditLeft credit);

    /** See {@link OwnedPartitions.Poller#reread}. */
    Future<Boolean> reread(Partition partition, long offset);

    /** Positions of a partition restarted; the next one is {@code offset}. */
    void restarted(Partition partition, long offset);
  }

  /** The wall clock may be set meanwhile. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** What moves again within this time is not worth to be read again. */
  private static final Duration STANDSTILL = Duration.ofMillis(100);

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Loop loop;
  private final Outlet outlet;
  private final Map<Partition, OwnedPartition> owned = new LinkedHashMap<>(); // event loop only
  private final Map<String, OwnedPartition> latest = new LinkedHashMap<>(); // event loop only
  private final Set<OwnedPartition> turns =
      new LinkedHashSet<>(); // event loop only; of which a poll brought something last comes last
  private boolean closed; // event loop only
  private boolean scheduled; // event loop only; a turn will hand over
  private @Nullable Timer dueTimer; // event loop only; until the next one is due that waits for it
  private boolean reflow; // event loop only; a turn will see who may flow
  private boolean full; // event loop only; all partitions together have used up their credit
  private @Nullable Timer standstill; // event loop only; looks whether others wait in vain

  PolledBatches(Loop loop, Outlet outlet) {
    this.loop = loop;
    this.outlet = outlet;
  }

  /** Adds a partition; what is polled of its source from now on is of this assignment. */
  void add(OwnedPartition partition) {
    owned.put(partition.partition(), partition);
    latest.put(partition.partition().source(), partition);
    turns.add(partition);
  }

  @Nullable OwnedPartition get(Partition partition) {
    return owned.get(partition);
  }

  /**
   * Forgets a partition; what it holds is dropped, since it never entered the pool. Leaves alone a
   * later assignment of the same source, which may be here before the end of an earlier one.
   */
  void remove(Partition partition) {
    OwnedPartition removed = owned.remove(partition);
    if (removed != null) {
      removed.leave();
      turns.remove(removed);
      latest.remove(partition.source(), removed);
    }
  }

  /** All that are here, in the order of their assignment. */
  Set<Partition> all() {
    return new LinkedHashSet<>(owned.keySet());
  }

  /** Those of {@code partitions} that are here. */
  List<Partition> known(Collection<Partition> partitions) {
    return partitions.stream().filter(owned::containsKey).toList();
  }

  /** Nothing of these enters the pool any more. */
  void leave(List<Partition> partitions) {
    for (Partition partition : partitions) {
      OwnedPartition leaving = owned.get(partition);
      if (leaving != null) {
        leaving.leave();
      }
    }
  }

  /** See {@link Source#request}. */
  void request(Partition partition, int messages, long bytes) {
    OwnedPartition known = get(partition);
    if (known != null && !closed) {
      known.request(messages, bytes);
      if (known.isWaiting()) {
        schedule();
      }
      flowLater();
    }
  }

  /** In a turn of its own, in which the pool has said all that it has to say. */
  private void flowLater() {
    if (!reflow) {
      reflow = true;
      loop.execute(
          () -> {
            if (reflow) {
              flowAll();
            }
          });
    }
  }

  /** Nothing enters the pool any more, of any partition. */
  void close() {
    closed = true;
    cancelTimer();
    if (standstill != null) {
      standstill.cancel();
    }
    owned.values().forEach(OwnedPartition::leave);
    flow();
  }

  boolean isClosed() {
    return closed;
  }

  /** Tells the poller at once of all for which something has changed, in turn. */
  private void flow() {
    Map<Partition, Boolean> changed = new LinkedHashMap<>();
    for (OwnedPartition partition : turns) {
      if (partition.flowChanged(full)) {
        changed.put(partition.partition(), partition.held());
      }
    }
    if (!changed.isEmpty()) {
      outlet.flow(changed);
    }
  }

  private void flowAll() {
    reflow = false;
    CreditLeft left = left();
    full = left.isUsedUp();
    flow();
    if (full && standstill == null && !closed && anyKeptWaiting()) {
      owned.values().forEach(OwnedPartition::note);
      standstill = loop.after(STANDSTILL, this::giveBack);
    }
    outlet.left(left);
  }

  private CreditLeft left() {
    long messages = 0;
    long bytes = 0;
    for (OwnedPartition partition : owned.values()) {
      messages += partition.messagesLeft();
      // credit may be without bound, and the sum of two such would be below zero
      bytes += Math.min(partition.bytesLeft(), Long.MAX_VALUE / owned.size());
    }
    return new CreditLeft(messages, bytes);
  }

  private boolean anyKeptWaiting() {
    for (OwnedPartition partition : owned.values()) {
      if (partition.isKeptWaiting()) {
        return true;
      }
    }
    return false;
  }

  /** What others have been waiting for, and did not move meanwhile. */
  private void giveBack() {
    standstill = null;
    if (full && anyKeptWaiting()) {
      for (OwnedPartition partition : owned.values()) {
        long from = partition.stands() ? partition.giveBack() : -1;
        if (from >= 0) {
          reread(partition, from);
        }
      }
      flowLater();
    }
  }

  private void reread(OwnedPartition partition, long from) {
    outlet
        .reread(partition.partition(), from)
        .onSuccess(
            asked -> {
              if (asked) {
                partition.reread();
                flowLater();
              } else if (!closed && owned.get(partition.partition()) == partition) {
                loop.after(ASK_AGAIN, () -> reread(partition, from));
              }
            });
  }

  /**
   * Takes what a poll brought, in the order of the polls.
   *
   * @param records by the name of the partition, in order; of one that is not here they are dropped
   */
  void polled(Map<String, ? extends List<? extends PolledMessage>> records) {
    if (closed) {
      return;
    }
    records.forEach(
        (source, brought) -> {
          OwnedPartition partition = latest.get(source);
          if (partition != null) {
            partition.arrived(brought);
            turns.remove(partition);
            turns.add(partition);
          }
        });
    flowAll();
    // In the turn after the next the next poll has begun.
    loop.execute(this::schedule);
  }

  /** Hands over in a later turn what waits; once, however often it is asked. */
  void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::handOver);
    }
  }

  private void handOver() {
    scheduled = false;
    if (closed) {
      return;
    }
    List<Delivery> batch = new ArrayList<>(waiting());
    List<OwnedPartition> restarted = new ArrayList<>();
    Instant now = loop.wall();
    Instant due = null;
    for (OwnedPartition partition : owned.values()) {
      if (partition.handOver(batch, now) == OwnedPartition.Handover.RESTARTED) {
        restarted.add(partition);
      }
      Instant first = partition.due();
      due = first != null && (due == null || first.isBefore(due)) ? first : due;
    }
    wakeAt(due, now);
    if (!batch.isEmpty()) {
      outlet.accept(batch);
    }
    owned.values().forEach(OwnedPartition::handedOver);
    flowAll();
    restarted.forEach(
        partition -> outlet.restarted(partition.partition(), partition.firstPolled()));
  }

  private int waiting() {
    int waiting = 0;
    for (OwnedPartition partition : owned.values()) {
      waiting += partition.waiting();
    }
    return waiting;
  }

  private void wakeAt(@Nullable Instant due, Instant now) {
    cancelTimer();
    if (due != null) {
      Duration wait = Duration.between(now, due);
      dueTimer =
          loop.after(
              wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT,
              () -> {
                dueTimer = null;
                schedule();
              });
    }
  }

  private void cancelTimer() {
    if (dueTimer != null) {
      dueTimer.cancel();
      dueTimer = null;
    }
  }

  /**
   * One for each source.
   *
   * @param lowest in the pool, by source
   */
  List<PartitionStatus> statuses(Map<String, MarkHolder> lowest) {
    long now = loop.wall().toEpochMilli();
    return latest.values().stream().map(partition -> partition.status(now, lowest)).toList();
  }
}
