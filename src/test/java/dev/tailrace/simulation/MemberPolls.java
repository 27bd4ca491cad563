package dev.tailrace.simulation;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.source.Partition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The polls of one member: one at a time, of the partitions that flowed when it was sent, so that
 * it may bring more than the credit it finds on its return. On the member's loop.
 */
final class MemberPolls {
  private static final long MOST_THINKING = 1_000_000;

  private final World world;
  private final SimulatedLoop loop;
  private final GroupMember member;
  private final int most;
  private final Map<String, Cursor> cursors = new LinkedHashMap<>();
  private boolean polling;
  private boolean closed;

  private static final class Cursor {
    final Partition partition;
    long next;
    boolean paused = true;
    boolean moved; // since the poll that is under way was sent

    Cursor(Partition partition, long next) {
      this.partition = partition;
      this.next = next;
    }
  }

  private record Wish(Partition partition, long from) {}

  MemberPolls(World world, SimulatedLoop loop, GroupMember member) {
    this.world = world;
    this.loop = loop;
    this.member = member;
    this.most = world.settings().group().poll();
  }

  void begin(Partition partition, long start) {
    cursors.put(partition.source(), new Cursor(partition, start));
  }

  void forget(String source) {
    cursors.remove(source);
  }

  void close() {
    closed = true;
    cursors.clear();
  }

  void flow(Partition partition, boolean paused) {
    Cursor cursor = cursors.get(partition.source());
    if (cursor != null && cursor.partition.equals(partition)) {
      cursor.paused = paused;
      if (!paused) {
        next();
      }
    }
  }

  /** What a poll brings that is under way is of no use. */
  void reread(Partition partition, long offset) {
    Cursor cursor = cursors.get(partition.source());
    if (cursor != null && cursor.partition.equals(partition)) {
      cursor.next = offset;
      cursor.moved = polling;
    }
  }

  /** Polls soon, where there is something to be had; else the next message wakes it. */
  void next() {
    if (!polling && !closed && member.mayPoll() && hasAny()) {
      polling = true;
      loop.later(world.choices().between(0, MOST_THINKING), this::poll);
    }
  }

  private boolean hasAny() {
    for (Cursor cursor : cursors.values()) {
      if (has(cursor)) {
        return true;
      }
    }
    return false;
  }

  private boolean has(Cursor cursor) {
    Topic.PartitionLog log = world.topic().log(cursor.partition.source());
    return !cursor.paused && (cursor.next < log.end || cursor.next > log.end);
  }

  private void poll() {
    List<Wish> wishes = new ArrayList<>();
    for (Cursor cursor : cursors.values()) {
      cursor.moved = false;
      if (!cursor.paused) {
        wishes.add(new Wish(cursor.partition, cursor.next));
      }
    }
    member.send(
        () -> {
          Fetched fetched = fetch(wishes);
          member.answer(() -> polled(fetched));
        });
  }

  /** What was found, and where partitions end that were asked for more than they have. */
  private record Fetched(Map<Partition, List<WorldMessage>> records, Map<Partition, Long> unheld) {}

  /** On the loop of the servers. */
  private Fetched fetch(List<Wish> wishes) {
    Map<Partition, List<WorldMessage>> records = new LinkedHashMap<>();
    Map<Partition, Long> unheld = new LinkedHashMap<>();
    int left = most;
    for (Wish wish : wishes) {
      Topic.PartitionLog log = world.topic().log(wish.partition().source());
      List<WorldMessage> found = new ArrayList<>();
      if (wish.from() > log.end) {
        unheld.put(wish.partition(), log.end);
      }
      for (int i = log.indexOf(wish.from()); i < log.messages.size() && left > 0; i++, left--) {
        found.add(log.messages.get(i));
      }
      records.put(wish.partition(), found);
    }
    return new Fetched(records, unheld);
  }

  private void polled(Fetched fetched) {
    polling = false;
    if (closed) {
      return;
    }
    Map<String, List<WorldMessage>> ours = new LinkedHashMap<>();
    if (member.mayPoll()) {
      fetched.unheld().forEach(member::cut);
    }
    fetched
        .records()
        .forEach(
            (partition, found) -> {
              Cursor cursor = cursors.get(partition.source());
              if (cursor != null && cursor.partition.equals(partition) && member.mayPoll()) {
                if (!found.isEmpty() && !cursor.moved) {
                  cursor.next = found.get(found.size() - 1).offset() + 1;
                  ours.put(partition.source(), found);
                }
              }
            });
    if (!ours.isEmpty()) {
      member.polled(ours);
    }
    next();
  }
}
