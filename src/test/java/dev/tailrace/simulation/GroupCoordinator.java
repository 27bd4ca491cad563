package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker's side of a consumer group: members, generations, who has which partition. A member
 * hears of a rebalance, or of its own eviction, with its next heartbeat only. On the loop of the
 * servers.
 */
final class GroupCoordinator {
  private final World world;
  private final Choices choices;
  private final SimulatedLoop loop;
  private final boolean cooperative;
  private final List<String> partitions;
  private final long session;
  private final long patience;
  private final Map<String, Chair> chairs = new LinkedHashMap<>();
  private final Map<String, String> owners = new HashMap<>(); // partition to member
  private final Map<String, Long> evictions = new HashMap<>(); // of members, when
  private int generation;
  private int joined;
  private boolean preparing;

  /** What the coordinator knows of one member. */
  private static final class Chair {
    final String id;
    final GroupMember member;
    List<String> owned = List.of();
    boolean ready;
    long silence; // counts changes, so that an expiry knows whether it still holds

    Chair(String id, GroupMember member) {
      this.id = id;
      this.member = member;
    }
  }

  GroupCoordinator(World world, SimulatedLoop loop, WorldSettings.Group group) {
    this.world = world;
    this.choices = world.choices();
    this.loop = loop;
    this.cooperative = group.cooperative();
    this.session = group.session().toNanos();
    this.patience = 2 * group.revokeDeadline().toNanos() + 10 * session;
    this.partitions = new ArrayList<>(world.topic().logs().keySet());
  }

  /** A member joins, or joins again with what it still has; its answer is an assignment. */
  void join(GroupMember member, String id, List<String> owned) {
    Chair chair = chairs.get(id);
    if (chair == null && !id.isEmpty()) {
      member.answer(() -> member.evicted(id));
      return;
    }
    if (chair == null) {
      chair = new Chair("member-" + joined++, member);
      chairs.put(chair.id, chair);
      if (member.isSilent() || member.isClosed()) {
        silent(chair);
      }
    }
    String mine = chair.id;
    List<String> kept = cooperative ? owned : List.of();
    owners
        .entrySet()
        .removeIf(each -> each.getValue().equals(mine) && !kept.contains(each.getKey()));
    chair.owned = new ArrayList<>(kept);
    chair.owned.removeIf(source -> !owns(mine, source));
    chair.ready = true;
    rebalance();
    completeIfReady();
  }

  private void rebalance() {
    if (preparing) {
      return;
    }
    preparing = true;
    int now = generation;
    for (Chair chair : chairs.values()) {
      if (!chair.ready) {
        tell(chair, () -> chair.member.rebalancing(chair.id, now));
      }
    }
    loop.later(
        patience,
        () -> {
          if (preparing && generation == now) {
            chairs.values().stream().filter(chair -> !chair.ready).toList().forEach(this::evict);
            completeIfReady();
          }
        });
  }

  /** With its next heartbeat. */
  private void tell(Chair chair, Runnable news) {
    chair.member.heartbeat(choices.between(0, session / 3), news);
  }

  private void completeIfReady() {
    if (!preparing || !areAllReady()) {
      return;
    }
    preparing = false;
    generation++;
    Map<Chair, List<String>> assignment = cooperative ? sticky() : dealt();
    int now = generation;
    assignment.forEach(
        (chair, mine) -> {
          chair.ready = false;
          mine.forEach(source -> owners.put(source, chair.id));
          chair.member.answer(
              () -> {
                chair.member.assigned(chair.id, now, mine);
                tellIfUnknown(chair.member, chair.id); // evicted while the answer was under way
              });
        });
  }

  private boolean areAllReady() {
    for (Chair chair : chairs.values()) {
      if (!chair.ready) {
        return false;
      }
    }
    return true;
  }

  /** Every partition to somebody, by choice. */
  private Map<Chair, List<String>> dealt() {
    List<Chair> members = List.copyOf(chairs.values());
    Map<Chair, List<String>> assignment = empty(members);
    if (!members.isEmpty()) {
      int first = pick(members.size());
      for (int i = 0; i < partitions.size(); i++) {
        add(assignment, members.get((first + i) % members.size()), partitions.get(i));
      }
    }
    return assignment;
  }

  /** Who has no more than its share keeps it; what somebody still has goes to nobody else. */
  private Map<Chair, List<String>> sticky() {
    List<Chair> members = List.copyOf(chairs.values());
    Map<Chair, List<String>> assignment = empty(members);
    int share = members.isEmpty() ? 0 : (partitions.size() + members.size() - 1) / members.size();
    for (Chair chair : members) {
      chair.owned.stream().limit(share).forEach(source -> add(assignment, chair, source));
    }
    for (String source : partitions) {
      if (!owners.containsKey(source)) {
        members.stream()
            .min((one, other) -> size(assignment, one) - size(assignment, other))
            .ifPresent(chair -> add(assignment, chair, source));
      }
    }
    return assignment;
  }

  private static Map<Chair, List<String>> empty(List<Chair> members) {
    Map<Chair, List<String>> assignment = new LinkedHashMap<>();
    members.forEach(member -> assignment.put(member, new ArrayList<>()));
    return assignment;
  }

  private static void add(Map<Chair, List<String>> assignment, Chair chair, String source) {
    assignment.computeIfAbsent(chair, any -> new ArrayList<>()).add(source);
  }

  private static int size(Map<Chair, List<String>> assignment, Chair chair) {
    return assignment.getOrDefault(chair, List.of()).size();
  }

  private int pick(int bound) {
    return bound == 1 ? 0 : choices.pick(bound);
  }

  /** The member says that it goes. */
  void leave(GroupMember member) {
    chairs.values().stream().filter(chair -> chair.member == member).toList().forEach(this::remove);
  }

  /** No heartbeat of the member arrives from now on. */
  void silent(GroupMember member) {
    chairs.values().stream().filter(chair -> chair.member == member).forEach(this::silent);
  }

  private void silent(Chair chair) {
    long now = ++chair.silence;
    loop.later(
        session - choices.between(0, session / 3),
        () -> {
          if (chairs.get(chair.id) == chair && chair.silence == now) {
            evict(chair);
          }
        });
  }

  /** Heartbeats arrive again; a member that is none any more hears of it. */
  void audible(GroupMember member, String id) {
    for (Chair chair : chairs.values()) {
      if (chair.member == member) {
        chair.silence++;
        if (preparing && !chair.ready) {
          int now = generation;
          tell(chair, () -> member.rebalancing(chair.id, now));
        }
      }
    }
    tellIfUnknown(member, id);
  }

  /** Who goes by an id that is nobody's any more hears of it with the next heartbeat. */
  private void tellIfUnknown(GroupMember member, String id) {
    if (!id.isEmpty() && !chairs.containsKey(id)) {
      member.heartbeat(choices.between(0, session / 3), () -> member.evicted(id));
    }
  }

  private void evict(Chair chair) {
    boolean pending = chair.ready;
    evictions.put(chair.id, world.simulation().nanos());
    remove(chair);
    if (pending) { // its join is answered so
      chair.member.answer(() -> chair.member.refused(chair.id));
    } else if (!chair.member.isSilent()) {
      tell(chair, () -> chair.member.evicted(chair.id));
    }
  }

  private void remove(Chair chair) {
    chairs.remove(chair.id);
    owners.values().removeIf(chair.id::equals);
    if (!chairs.isEmpty()) {
      rebalance();
      completeIfReady();
    } else {
      preparing = false;
    }
  }

  /** Why a commit by this member is refused; null where it is not. */
  @Nullable String refusal(GroupMember member, String id, int ofGeneration) {
    if (chairs.containsKey(id) && ofGeneration == generation) {
      return null;
    }
    world.saw(Sometimes.ZOMBIE_COMMIT_REFUSED);
    tellIfUnknown(member, id);
    return chairs.containsKey(id) ? "illegal generation" : "unknown member";
  }

  /** Whether the partition is this member's, as the broker has it. */
  boolean owns(String id, String source) {
    return id.equals(owners.get(source));
  }

  boolean knows(String id) {
    return chairs.containsKey(id);
  }

  /** Whether the member of this id was evicted before {@code nanos}. */
  boolean evictedBefore(String id, long nanos) {
    Long when = evictions.get(id);
    return when != null && when - nanos < 0;
  }

  boolean isEmpty() {
    return chairs.isEmpty();
  }

  @Override
  public String toString() {
    return "generation " + generation + " of " + chairs.keySet();
  }
}
