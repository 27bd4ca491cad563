package dev.tailrace.simulation;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.source.OwnedPartitions;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.TopicIdentities;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Whether the topic of one member is still the one that it was, by the production's comparison. A
 * member looks when partitions have started, and now and then; looks that would find what is known
 * are answered at once and cost no turn. On the member's loop.
 */
final class MemberWatch {
  private static final String TOPIC = "orders";

  private final World world;
  private final SimulatedLoop loop;
  private final SourceEnvironment environment;
  private final GroupMember member;
  private final OwnedPartitions partitions;
  private final TopicIdentities ids = new TopicIdentities();
  private final Map<Partition, UUID> certain = new HashMap<>(); // by what was committed there
  private int looking; // questions under way
  private int seen = -1; // the incarnation that it has seen first

  MemberWatch(
      World world, SourceEnvironment environment, GroupMember member, OwnedPartitions partitions) {
    this.world = world;
    this.loop = (SimulatedLoop) environment.loop();
    this.environment = environment;
    this.member = member;
    this.partitions = partitions;
  }

  /** Whether it has seen the topic as it was before it was made anew the last time. */
  boolean mayKnowBetter() {
    return seen >= 0 && seen < world.topic().incarnation();
  }

  void started(List<StartingPoint> points) {
    ids.started(points);
    points.forEach(this::note);
    if (world.topic().incarnation() == 0) {
      looked(partitions.all(), 0);
    } else {
      look();
    }
  }

  private void note(StartingPoint point) {
    UUID id = point.logId();
    if (id != null && point.isResumed() && MemberStarts.isOf(point.committed(), id)) {
      certain.put(point.partition(), id);
    }
  }

  /** The broker has confirmed a position. */
  void committed(Partition partition) {
    ids.committed(partition);
  }

  /** Its consumer has joined its group. */
  void joined() {
    if (seen < 0) {
      started(List.of());
    }
  }

  /** One of its looks comes after a while. */
  void lookAfter(Duration delay) {
    loop.later(delay.toNanos(), this::look);
  }

  /** Whether an answer is awaited. */
  boolean isLooking() {
    return looking > 0;
  }

  private void look() {
    looking++;
    Set<Partition> before = partitions.all();
    member.send(
        () -> {
          int incarnation = world.topic().incarnation();
          member.answer(
              () -> {
                looking--;
                looked(before, incarnation);
              });
        });
  }

  private void looked(Set<Partition> before, int incarnation) {
    if (member.isClosed()) {
      return;
    }
    seen = seen < 0 ? incarnation : seen;
    UUID id = MemberStarts.idOf(incarnation);
    if (ids.there(TOPIC, id)) {
      environment
          .events()
          .alarm(
              environment.pipeline(),
              TOPIC,
              Alarm.SOURCE_RESET,
              "the topic was made anew: its positions restart");
    }
    Set<Partition> now = partitions.all();
    ids.assigned(now);
    certain.keySet().retainAll(now);
    for (Partition partition : before) {
      if (now.contains(partition) && ids.isRemade(partition, TOPIC, id)) {
        if (id.equals(certain.get(partition))) {
          throw world.broken("P2: " + member + " begins " + partition + " again in the same topic");
        }
        world.saw(Sometimes.POSITION_OF_A_DELETED_TOPIC_REFUSED);
        if (member.isBusy()) {
          world.saw(Sometimes.TOPIC_MADE_ANEW_WITH_WORK_UNDER_WAY);
        }
        partitions.lost(List.of(partition));
        member.restart(partition, -1);
      }
    }
  }
}
