package dev.tailrace.simulation;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The client's side of a group: what the poll thread of a member does. It polls, commits, joins and
 * joins again; a revocation holds it until what runs has ended or the deadline has passed. All on
 * its consumer's loop.
 */
final class GroupMember {
  private static final long MOST_DELAY = 2_000_000;

  private final World world;
  private final SimulatedProcess process;
  private final SimulatedLoop loop;
  private final MemberSource source;
  private final Link link;
  private final boolean cooperative;
  private final Duration revokeDeadline;
  private final Map<String, Partition> owned = new LinkedHashMap<>();
  private final MemberPolls polls;
  private final MemberStarts starts;

  private String id = "";
  private int generation;
  private boolean joining; // an answer is awaited
  private boolean blocked; // in a revocation
  private boolean evicted; // heard while blocked
  private boolean silent; // its heartbeats do not arrive
  private boolean closed;
  private long troubles;

  GroupMember(World world, SimulatedProcess process, SimulatedLoop loop, MemberSource source) {
    this.world = world;
    this.process = process;
    this.loop = loop;
    this.source = source;
    WorldSettings settings = world.settings();
    this.cooperative = settings.group().cooperative();
    this.revokeDeadline = settings.group().revokeDeadline();
    this.link =
        new Link(
            world.simulation(),
            loop,
            world.broker(),
            settings.patience(),
            new Link.Manner(true, process::isDead));
    this.polls = new MemberPolls(world, loop, this);
    this.starts = new MemberStarts(world, loop, this);
  }

  // -- joining

  void join() {
    joining = true;
    world.tell(() -> this + " joins with " + owned.values());
    String as = id;
    List<String> kept = List.copyOf(owned.keySet());
    link.post(unlessDead(() -> world.coordinator().join(this, as, kept)));
  }

  /** A request that is made until it is answered. */
  void send(Runnable request) {
    Server broker = world.broker();
    if (!process.isDead()) {
      broker.loop().later(delay(), () -> broker.arrived(unlessDead(request)));
    }
  }

  private Runnable unlessDead(Runnable request) {
    return () -> {
      if (!process.isDead()) {
        request.run();
      }
    };
  }

  /** What the broker answers, in a turn of this member. */
  void answer(Runnable turn) {
    loop.later(delay(), turn);
  }

  /** What the broker says with the next heartbeat. */
  void heartbeat(long delay, Runnable news) {
    loop.later(
        delay,
        () -> {
          if (!silent) {
            news.run();
          }
        });
  }

  /** The group rebalances. */
  void rebalancing(String of, int ofGeneration) {
    if (closed || !of.equals(id) || ofGeneration != generation || blocked || joining) {
      return; // after a revocation it joins anyway
    }
    if (cooperative || owned.isEmpty()) {
      join();
    } else {
      world.saw(Sometimes.REVOKED_BY_EAGER_REBALANCE);
      revoke(List.copyOf(owned.keySet()), this::join);
    }
  }

  /** The rebalance is over. */
  void assigned(String as, int ofGeneration, List<String> mine) {
    if (closed) {
      return;
    }
    id = as;
    generation = ofGeneration;
    joining = false;
    source.watch().joined();
    world.tell(() -> this + " is assigned " + mine + " and has " + owned.values());
    List<String> going = owned.keySet().stream().filter(each -> !mine.contains(each)).toList();
    if (going.isEmpty()) {
      receive(mine);
    } else {
      world.saw(Sometimes.REVOKED_BY_COOPERATIVE_REBALANCE);
      revoke(
          going,
          () -> {
            receive(mine);
            join();
          });
    }
  }

  /** Its join was not accepted. */
  void refused(String of) {
    if (of.equals(id)) {
      evicted(of);
    } else if (id.isEmpty() && joining && !closed) {
      join();
    }
  }

  /** The broker does not know this member any more. */
  void evicted(String of) {
    if (closed || !of.equals(id)) {
      return;
    }
    troubles++;
    world.tell(() -> this + " hears that it is evicted");
    if (blocked) {
      evicted = true;
      return;
    }
    List<Partition> lost = announced(owned.keySet());
    if (!lost.isEmpty()) {
      world.saw(Sometimes.EVICTION_OBSERVED_LATE);
      world.saw(Sometimes.PARTITION_LOST);
    }
    forget(List.copyOf(owned.keySet()));
    id = "";
    source.lost(lost);
    join();
  }

  private void revoke(List<String> going, Runnable then) {
    List<Partition> announced = announced(going);
    if (announced.isEmpty()) {
      forget(going);
      then.run();
      return;
    }
    blocked = true;
    if (isBusy()) {
      world.saw(Sometimes.REVOKED_WITH_WORK_UNDER_WAY);
    }
    world.tell(() -> this + " gives back " + announced);
    boolean[] over = new boolean[1];
    Runnable end =
        () -> {
          if (!over[0]) {
            over[0] = true;
            blocked = false;
            world.tell(() -> this + " has given back " + announced);
            forget(going);
            afterRevocation(then);
          }
        };
    loop.after(
        revokeDeadline,
        () -> {
          if (!over[0]) {
            troubles++;
            end.run();
          }
        });
    source.revoked(announced, revokeDeadline).onComplete(done -> end.run());
  }

  private void afterRevocation(Runnable then) {
    if (evicted) {
      evicted = false;
      evicted(id);
    } else if (!closed) {
      then.run();
      polls.next();
    }
  }

  private List<Partition> announced(Collection<String> sources) {
    List<Partition> announced = new ArrayList<>();
    for (String each : sources) {
      Partition partition = owned.get(each);
      if (partition != null && !starts.isStarting(partition)) {
        announced.add(partition);
      }
    }
    return announced;
  }

  private void forget(Collection<String> sources) {
    for (String each : sources) {
      owned.remove(each);
      starts.forget(each);
      polls.forget(each);
    }
  }

  // -- new partitions

  private void receive(List<String> mine) {
    List<Partition> fresh = new ArrayList<>();
    int epoch = 0;
    for (String each : mine) {
      if (!owned.containsKey(each)) {
        epoch = epoch == 0 ? process.nextEpoch() : epoch;
        Partition partition = new Partition(each, epoch);
        owned.put(each, partition);
        fresh.add(partition);
      }
    }
    if (!fresh.isEmpty()) {
      starts.begin(fresh);
    }
  }

  /** Positions of a partition restarted; those committed are believed up to the ceiling. */
  void restart(Partition old, long ceiling) {
    if (old.equals(owned.get(old.source())) && !closed) {
      Partition again = new Partition(old.source(), process.nextEpoch());
      owned.put(old.source(), again);
      polls.forget(old.source());
      starts.beginAnew(again, ceiling);
    }
  }

  /** What is to be read next is beyond the end of the log: it was made anew. */
  void cut(Partition partition, long end) {
    if (owns(partition) && !closed) {
      source.cut(partition, end);
      restart(partition, end);
    }
  }

  /** Where these go on is known. */
  void started(List<StartingPoint> points) {
    points.forEach(point -> polls.begin(point.partition(), point.start()));
    source.started(points);
  }

  /** See {@link MemberStarts#incarnation}. */
  int incarnation(String of) {
    return starts.incarnation(of);
  }

  MemberWatch watch() {
    return source.watch();
  }

  // -- polls

  void reread(Partition partition, long offset) {
    polls.reread(partition, offset);
  }

  void flow(Partition partition, boolean paused) {
    polls.flow(partition, paused);
  }

  /** Whether a revocation holds it. */
  boolean isRevoking() {
    return blocked;
  }

  boolean mayPoll() {
    return !blocked && !closed && !process.isDead();
  }

  boolean owns(Partition partition) {
    return partition.equals(owned.get(partition.source()));
  }

  void polled(Map<String, List<WorldMessage>> records) {
    source.polled(records);
  }

  void wake() {
    polls.next();
  }

  // -- ends

  /** Its heartbeats do not arrive from now on, or do again. */
  void silence(boolean now) {
    if (silent == now) {
      return;
    }
    silent = now;
    troubles++;
    if (now) {
      world.broker().loop().execute(() -> world.coordinator().silent(this));
    } else {
      world.broker().loop().execute(() -> world.coordinator().audible(this, id));
    }
  }

  /** Whether its consumer executes something. */
  boolean isBusy() {
    return process.isBusy(this);
  }

  String id() {
    return id;
  }

  int generation() {
    return generation;
  }

  Link link() {
    return link;
  }

  boolean isHandingOver() {
    return source.isHandingOver();
  }

  /** Something disturbed its way to the broker. */
  void troubled() {
    troubles++;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isSilent() {
    return silent;
  }

  Future<Void> close() {
    closed = true;
    polls.close();
    return link.ask(
            () -> {
              world.coordinator().leave(this);
              return true;
            },
            () -> true)
        .transform(any -> Future.succeededFuture());
  }

  /** Whether the broker has it as a member. */
  boolean isKnown() {
    return world.coordinator().knows(id);
  }

  /** How often something disturbed its way to the broker. */
  long troubles() {
    return troubles + link.troubles();
  }

  long delay() {
    return world.choices().between(0, MOST_DELAY);
  }

  @Override
  public String toString() {
    return process + " as " + (id.isEmpty() ? "nobody" : id) + " of generation " + generation;
  }
}
