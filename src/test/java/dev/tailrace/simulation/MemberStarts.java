package dev.tailrace.simulation;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.simulation.PositionLedger.Held;
import dev.tailrace.simulation.Topic.PartitionLog;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.StartingPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the new partitions of one member go on: at the position that the broker holds for the
 * group, which may be of a topic that was deleted and made anew since. On the member's loop.
 */
final class MemberStarts {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final World world;
  private final SimulatedLoop loop;
  private final GroupMember member;
  private final Set<Partition> starting = new LinkedHashSet<>();
  private final Map<String, Long> ceilings = new HashMap<>(); // of partitions that begin anew
  private final Map<String, Integer> incarnations = new HashMap<>(); // that positions are of

  MemberStarts(World world, SimulatedLoop loop, GroupMember member) {
    this.world = world;
    this.loop = loop;
    this.member = member;
  }

  boolean isStarting(Partition partition) {
    return starting.contains(partition);
  }

  void forget(String source) {
    starting.removeIf(partition -> partition.source().equals(source));
    ceilings.remove(source);
  }

  void begin(List<Partition> fresh) {
    starting.addAll(fresh);
    read(fresh);
  }

  /** A partition's positions restarted; the committed one is believed up to the ceiling. */
  void beginAnew(Partition again, long ceiling) {
    forget(again.source());
    ceilings.put(again.source(), ceiling);
    begin(List.of(again));
  }

  /** Which topic of that name the positions of a partition are of, as this member has it. */
  int incarnation(String source) {
    return incarnations.getOrDefault(source, 0);
  }

  private void read(List<Partition> fresh) {
    List<Partition> wanted = fresh.stream().filter(starting::contains).toList();
    if (wanted.isEmpty() || member.isClosed()) {
      return;
    }
    member
        .link()
        .<List<@Nullable Held>>ask(() -> world.positions().held(wanted), () -> List.of())
        .onComplete(
            read -> {
              if (read.failed() || read.result().isEmpty() || member.isRevoking()) {
                loop.after(PAUSE, () -> read(wanted));
              } else {
                found(wanted, read.result());
              }
            });
  }

  private void found(List<Partition> wanted, List<@Nullable Held> committed) {
    List<StartingPoint> points = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Partition partition = wanted.get(i);
      if (starting.remove(partition)) {
        points.add(point(partition, committed.get(i)));
      }
    }
    if (!points.isEmpty() && !member.isClosed()) {
      member.started(points);
    }
  }

  /** As the production finds it. */
  private StartingPoint point(Partition partition, @Nullable Held held) {
    PartitionLog log = world.topic().log(partition.source());
    Long ceiling = ceilings.remove(partition.source());
    long most = ceiling == null ? log.end : ceiling;
    Held believed = held != null && held.position().offset() <= most ? held : null;
    long start = believed == null ? 0 : believed.position().offset();
    if (believed == null || (start == 0 && (ceiling != null || says(believed).isEmpty()))) {
      incarnations.put(partition.source(), log.incarnation);
    } else {
      incarnations.put(partition.source(), taken(believed, log));
    }
    if (ceiling != null || (held != null && believed == null)) { // or beyond the end
      world.positions().restarts(log, start);
    }
    Position committed = held == null || ceiling != null ? null : held.position();
    return new StartingPoint(partition, committed, start, null);
  }

  private static String says(Held held) {
    return held.position().metadata();
  }

  /** Which topic of that name a position is of that the member takes for one of this. */
  private int taken(Held held, PartitionLog log) {
    if (held.incarnation() == log.incarnation) {
      return log.incarnation;
    }
    if (member.watch().mayKnowBetter()) {
      world.saw(Sometimes.RESUMED_IN_A_TOPIC_MADE_ANEW);
      return held.incarnation();
    }
    log.believe(held.position()); // who never saw the old topic has nothing to tell it by
    world.saw(Sometimes.POSITION_OF_A_DELETED_TOPIC_BELIEVED);
    return log.incarnation;
  }
}
