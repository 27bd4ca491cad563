package dev.tailrace.simulation;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.simulation.PositionLedger.Held;
import dev.tailrace.simulation.Topic.PartitionLog;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionMetadata;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.StartingPoint.Deviation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the new partitions of one member go on: at the position that the broker holds for the
 * group, which may be of a topic that was deleted and made anew since. On the member's loop.
 */
final class MemberStarts {
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Deviation MADE_ANEW =
      new Deviation(Alarm.SOURCE_RESET, "the topic was made anew since a position was committed");

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
    UUID id = idOf(log);
    boolean another = held != null && id != null && isOf(held.position(), it -> !it.equals(id));
    Long ceiling = ceilings.remove(partition.source());
    long most = ceiling == null ? log.end : ceiling;
    Held believed = held != null && !another && held.position().offset() <= most ? held : null;
    long start = believed == null ? 0 : believed.position().offset();
    if (believed == null || (start == 0 && (ceiling != null || saysNothing(believed)))) {
      incarnations.put(partition.source(), log.incarnation);
    } else {
      incarnations.put(partition.source(), taken(believed, log));
    }
    if (ceiling != null || (held != null && believed == null)) { // or beyond the end
      world.positions().restarts(log, start);
    }
    Position committed = held == null || another || ceiling != null ? null : held.position();
    Deviation anew = another && ceiling == null ? MADE_ANEW : null;
    if (anew != null) {
      world.saw(Sometimes.POSITION_OF_A_DELETED_TOPIC_KNOWN_BY_ITS_ID);
    }
    return new StartingPoint(partition, committed, start, anew, id);
  }

  /** What the broker says it is; of a topic that was made anew it may not know, as old ones do. */
  private @Nullable UUID idOf(PartitionLog log) {
    boolean known = log.incarnation == 0 || world.choices().pick(4) > 0;
    return known ? idOf(log.incarnation) : null;
  }

  static UUID idOf(int incarnation) {
    return new UUID(0, incarnation);
  }

  /** Whether a position says itself that it is of this topic. */
  static boolean isOf(@Nullable Position committed, UUID id) {
    return committed != null && isOf(committed, id::equals);
  }

  private static boolean isOf(Position committed, Predicate<UUID> topic) {
    return metadata(committed).flatMap(PositionMetadata::logId).filter(topic).isPresent();
  }

  private static boolean saysNothing(Held held) {
    return metadata(held.position()).map(PositionMetadata::length).orElse(0) == 0;
  }

  private static Optional<PositionMetadata> metadata(Position position) {
    return PositionMetadata.decode(position.offset(), position.metadata()).metadata();
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
