package dev.tailrace.dispatch;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The heads of lanes that may start, and whose turn it is where permits are scarce: that of the
 * partition which holds the fewest permits, for its weight; of several, each in turn; and of its
 * heads the one that became ready first. So each partition that has something ready comes to an
 * even share of the permits, however long its messages hold them, and a share that is not asked for
 * goes to the others (max-min fairness). An even share of the starts would not do: a partition
 * whose messages take ten times as long would come to hold ten times as many permits.
 *
 * <p>A start and an end cost the same whatever the number of partitions and messages: a permit more
 * or less moves a partition from one level to another, and the lowest one is found by a bit for
 * each level. It is moved when the next turn is given, so that a message whose handler completes at
 * once moves nothing. Event loop only.
 */
final class ReadyHeads {
  private final Collection<PartitionBuffer> partitions;
  private final BitSet levels = new BitSet(); // at which a partition has something ready
  private @Nullable Contender[] firsts = new @Nullable Contender[16]; // of each level's ring
  private final ArrayDeque<Contender> stale = new ArrayDeque<>(); // each partition at most once

  ReadyHeads(Collection<PartitionBuffer> partitions) {
    this.partitions = partitions;
  }

  /** May start after all that are ready in its partition. */
  void add(Entry entry) {
    entry.home.ready.add(entry);
    reorder(entry.home);
  }

  /** May start before all that are ready in its partition. */
  void addFirst(Entry entry) {
    entry.home.ready.addFirst(entry);
    reorder(entry.home);
  }

  void remove(Entry entry) {
    entry.home.ready.remove(entry);
    reorder(entry.home);
  }

  boolean isEmpty() {
    return partitions.stream().allMatch(partition -> partition.ready.isEmpty());
  }

  /** Takes the one whose turn it is; null where there is none. */
  @Nullable Entry poll() {
    settle();
    int lowest = levels.nextSetBit(0);
    Contender first = lowest < 0 ? null : firsts[lowest];
    if (first == null) {
      return null;
    }
    firsts[lowest] = first.next; // also where it comes back to this level at once
    reorder(first.buffer);
    return first.buffer.ready.poll();
  }

  /**
   * Takes one by chance, whoever's turn it is, of those that were not tried yet, where there are
   * such; null where there is none. Takes time in proportion to what is ready.
   */
  @Nullable Entry draw(RandomGenerator random) {
    List<Entry> untried = stream().filter(entry -> !entry.wasTried()).toList();
    List<Entry> all = untried.isEmpty() ? stream().toList() : untried;
    if (all.isEmpty()) {
      return null;
    }
    Entry drawn = all.get(random.nextInt(all.size()));
    remove(drawn);
    return drawn;
  }

  /** The partition has other permits, or other heads that are ready. */
  void reorder(PartitionBuffer buffer) {
    Contender contender = buffer.contender;
    if (!contender.stale) {
      contender.stale = true;
      stale.add(contender);
    }
  }

  private void settle() {
    for (Contender one = stale.poll(); one != null; one = stale.poll()) {
      one.stale = false;
      int level =
          one.buffer.ready.isEmpty()
              ? Contender.NONE
              : one.buffer.executing * (Credit.WEIGHT / one.buffer.weight);
      if (level != one.level) {
        leave(one);
        enter(one, level);
      }
    }
  }

  private void leave(Contender contender) {
    int level = contender.level;
    if (level == Contender.NONE) {
      return;
    }
    Contender next = contender.next;
    if (next == contender) {
      firsts[level] = null;
      levels.clear(level);
    } else if (firsts[level] == contender) {
      firsts[level] = next;
    }
    next.previous = contender.previous;
    contender.previous.next = next;
    contender.next = contender;
    contender.previous = contender;
    contender.level = Contender.NONE;
  }

  /** As the last one of the level. */
  private void enter(Contender contender, int level) {
    if (level == Contender.NONE) {
      return;
    }
    if (level >= firsts.length) {
      firsts = Arrays.copyOf(firsts, Math.max(level + 1, 2 * firsts.length));
    }
    Contender first = firsts[level];
    if (first == null) {
      firsts[level] = contender;
      levels.set(level);
    } else {
      contender.next = first;
      contender.previous = first.previous;
      first.previous.next = contender;
      first.previous = contender;
    }
    contender.level = level;
  }

  /** Those in scope; a copy, since what is done to them changes what is ready. */
  List<Entry> in(Scope scope) {
    return partitions.stream()
        .filter(buffer -> scope.covers(buffer.partition))
        .flatMap(buffer -> buffer.ready.stream())
        .toList();
  }

  Stream<Entry> stream() {
    return partitions.stream().flatMap(buffer -> buffer.ready.stream());
  }
}
