package dev.tailrace.dispatch;

import dev.tailrace.observe.KeyHash;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.Partition;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All messages a dispatcher holds, by where they are, and their count. Event loop only. */
final class Holdings {
  private static final Comparator<Entry> BY_POSITION = Comparator.comparing(Entry::position);

  final Map<Partition, PartitionBuffer> partitions = new LinkedHashMap<>();
  final ReadyHeads ready = new ReadyHeads(partitions.values());
  final Tally tally = new Tally(ready);
  final Airborne airborne;
  final Parking parking;
  final Pace pace = new Pace();

  /** Those that hold a permit and are due while nothing may start; within the permits. */
  final Set<Entry> held = new LinkedHashSet<>();

  private @Nullable PartitionBuffer latest; // to which something came

  Holdings(Airborne airborne, Parking parking) {
    this.airborne = airborne;
    this.parking = parking;
  }

  /** Whether nothing of the scope is executing, buffered or parked; what overran does not count. */
  boolean isEmpty(Scope scope) {
    if (scope.isAll()) {
      return tally.executing() == 0 && tally.waiting() == 0;
    }
    return airborne.in(scope).stream().allMatch(entry -> entry.overran)
        && partitions.values().stream()
            .noneMatch(buffer -> scope.covers(buffer.partition) && buffer.waiting > 0);
  }

  /** Every message that no other holds back. */
  Stream<Entry> heads() {
    return Stream.of(airborne.stream(), parking.stream(), ready.stream()).flatMap(each -> each);
  }

  /**
   * The lowest message of each source that is ours; it heads its lane, since lanes are in order.
   */
  Map<String, MarkHolder> markHolders() {
    Map<String, Entry> lowest = new HashMap<>();
    heads()
        .filter(entry -> !entry.home.gone)
        .forEach(
            entry ->
                lowest.merge(
                    entry.home.partition.source(), entry, BinaryOperator.minBy(BY_POSITION)));
    Map<String, MarkHolder> holders = new HashMap<>();
    lowest.forEach(
        (source, entry) ->
            holders.put(
                source,
                new MarkHolder(entry.position().position(), KeyHash.of(entry.message().key()))));
    return holders;
  }

  /** What a drain would have before it. */
  Workload workload(int permits) {
    int heads = 0;
    int longest = 0;
    for (PartitionBuffer buffer : partitions.values()) {
      heads += buffer.ready.size();
      longest = Math.max(longest, buffer.longestLane());
    }
    int executing = tally.executing();
    return new Workload(
        executing,
        tally.buffered(),
        executing + heads,
        longest,
        permits,
        pace.times().orElse(null));
  }

  /** The partition that it came to, often the same again; null where that is not ours. */
  @Nullable PartitionBuffer homeOf(Delivery delivery) {
    PartitionBuffer home = latest;
    if (home == null || home.gone || !home.partition.equals(delivery.partition())) {
      home = partitions.get(delivery.partition());
      latest = home;
    }
    return home;
  }

  @Nullable Entry find(Delivery delivery) {
    PartitionBuffer home = partitions.get(delivery.partition());
    Stream<Entry> behind = home == null ? Stream.empty() : home.laneEntries();
    return Stream.concat(heads(), behind)
        .filter(entry -> entry.delivery() == delivery)
        .findFirst()
        .orElse(null);
  }

  /** One that holds a permit and is due; null where there is none. */
  @Nullable Entry takeHeld() {
    Entry first = held.isEmpty() ? null : held.iterator().next();
    held.remove(first);
    return first;
  }

  /** The message has ended or left: the next one of its lane may run. */
  void advance(Entry head) {
    Entry next = head.home.leave(head);
    if (next != null) {
      ready.add(next);
    }
  }

  /** Takes a message out of the place where it waits. */
  void withdraw(Entry entry) {
    entry.cancelTimer();
    if (entry.stage == Entry.Stage.PARKED) {
      parking.unpark(entry);
    } else if (entry.stage == Entry.Stage.EXECUTING) {
      airborne.remove(entry);
      held.remove(entry);
    } else if (entry.isHead()) {
      ready.remove(entry);
    }
  }

  /** A partition is ours. */
  void own(PartitionBuffer added) {
    partitions.put(added.partition, added);
  }

  /** The partitions are somebody else's now; what still runs of them ends on its own. */
  void forget(Iterable<Partition> gone) {
    for (Partition partition : gone) {
      PartitionBuffer buffer = partitions.remove(partition);
      if (buffer != null) {
        assert buffer.ready.isEmpty() : partition + " has something ready, and is not ours";
        buffer.gone = true;
      }
    }
  }
}
