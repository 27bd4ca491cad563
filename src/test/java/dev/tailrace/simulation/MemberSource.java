package dev.tailrace.simulation;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.source.Committer;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's side of a member of a group: credit, batches and positions, with the production
 * committer. What a poll brings enters the pool two turns later.
 */
final class MemberSource implements Source {
  private static final Duration MOST_RESERVE = Duration.ofSeconds(1);

  private final World world;
  private final SourceEnvironment environment;
  private final SimulatedLoop loop;
  private final PoolEvents events;
  private final GroupMember member;
  private final Committer committer;
  private final Map<Partition, MemberPartition> partitions = new LinkedHashMap<>();
  private @Nullable Intake intake;
  private boolean scheduled;
  private boolean full; // all partitions together have used up their credit
  private boolean closed;

  MemberSource(World world, SimulatedProcess process, SourceEnvironment environment) {
    this.world = world;
    this.environment = environment;
    this.loop = (SimulatedLoop) environment.loop();
    this.events = environment.events();
    this.member = new GroupMember(world, process, loop, this);
    this.committer =
        new Committer(
            environment,
            Committer.DEFAULT_INTERVAL,
            world.settings().group().window(),
            new MemberCommits(world, member, this));
    process.add(member);
  }

  @Override
  public String name() {
    return "simulated orders";
  }

  @Override
  public Future<Void> open(Intake pool) {
    intake = pool;
    member.join();
    return Future.succeededFuture();
  }

  private Intake intake() {
    if (intake == null) {
      throw world.broken("not open");
    }
    return intake;
  }

  // -- what the group does

  void started(List<StartingPoint> points) {
    if (closed) {
      return;
    }
    List<Partition> assigned = new ArrayList<>();
    for (StartingPoint point : points) {
      Partition partition = point.partition();
      boolean resumes = point.committed() != null && point.committed().offset() == point.start();
      partitions.put(
          partition,
          new MemberPartition(
              committer.track(partition, point.committed(), resumes ? -1 : point.start()),
              this::schedule));
      events.assigned(
          environment.pipeline(),
          partition.source(),
          partition.epoch(),
          Long.toString(point.start()));
      assigned.add(partition);
    }
    intake().assigned(assigned);
  }

  Future<Void> revoked(List<Partition> going, Duration left) {
    List<Partition> known = going.stream().filter(partitions::containsKey).toList();
    if (known.isEmpty()) {
      return Future.succeededFuture();
    }
    known.forEach(partition -> get(partition).leave());
    Duration quarter = left.dividedBy(4);
    Duration reserve = quarter.compareTo(MOST_RESERVE) < 0 ? quarter : MOST_RESERVE;
    return intake()
        .revoke(known, left.minus(reserve))
        .transform(ended -> committer.flush(new LinkedHashSet<>(known)))
        .transform(
            committed -> {
              known.forEach(partition -> end(partition, commitOf(partition, committed.result())));
              return Future.succeededFuture();
            });
  }

  private void end(Partition partition, String commit) {
    if (partitions.containsKey(partition)) {
      forget(partition);
      events.revoked(environment.pipeline(), partition.source(), partition.epoch(), commit);
    }
  }

  private static String commitOf(Partition partition, List<CommittedPosition> flushed) {
    return flushed.stream()
        .filter(position -> position.source().equals(partition.source()))
        .map(CommittedPosition::commit)
        .findFirst()
        .orElse("ok");
  }

  void lost(List<Partition> lost) {
    List<Partition> known = lost.stream().filter(partitions::containsKey).toList();
    if (known.isEmpty()) {
      return;
    }
    for (Partition partition : known) {
      forget(partition);
      events.lost(environment.pipeline(), partition.source(), partition.epoch());
    }
    intake().lost(known);
  }

  private void forget(Partition partition) {
    MemberPartition removed = partitions.remove(partition);
    if (removed != null) {
      removed.leave();
    }
    committer.end(partition);
  }

  private MemberPartition get(Partition partition) {
    MemberPartition known = partitions.get(partition);
    if (known == null) {
      throw world.broken(partition + " is not here");
    }
    return known;
  }

  /** P7: nothing is committed for an epoch that has ended. */
  void checkTracked(Partition partition) {
    if (!partitions.containsKey(partition)) {
      throw world.broken("P7: a commit for " + partition + ", whose epoch has ended");
    }
  }

  /** Whether it still ends work of partitions that the group has given to another. */
  boolean isHandingOver() {
    return partitions.keySet().stream().anyMatch(partition -> !member.owns(partition));
  }

  // -- the way of messages

  void polled(Map<Partition, List<WorldMessage>> records) {
    if (closed) {
      return;
    }
    records.forEach(
        (partition, found) -> {
          MemberPartition known = partitions.get(partition);
          if (known != null) {
            known.arrived(found);
          }
        });
    flowAll();
    loop.execute(this::schedule);
  }

  private void schedule() {
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
    List<Delivery> batch = new ArrayList<>();
    List<MemberPartition> restarted = new ArrayList<>();
    for (MemberPartition partition : partitions.values()) {
      if (!partition.handOver(batch)) {
        restarted.add(partition);
      }
    }
    if (!batch.isEmpty()) {
      intake().accept(batch);
    }
    partitions.values().forEach(MemberPartition::handedOver);
    flowAll();
    for (MemberPartition partition : restarted) {
      long offset = partition.firstPolled();
      Partition old = partition.partition();
      events.alarm(environment.pipeline(), old.source(), Alarm.SOURCE_RESET, "positions restarted");
      lost(List.of(old));
      member.restart(old, offset);
    }
  }

  private void flowAll() {
    long messages = 0;
    long bytes = 0;
    for (MemberPartition partition : partitions.values()) {
      messages += partition.messagesLeft();
      bytes += partition.bytesLeft();
    }
    full = messages <= 0 || bytes <= 0;
    partitions.values().forEach(this::flow);
  }

  private void flow(MemberPartition partition) {
    if (partition.flowChanged(full)) {
      member.flow(partition.partition(), partition.held());
    }
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    MemberPartition known = partitions.get(partition);
    if (known != null && !closed) {
      known.request(messages, bytes);
      if (full) {
        flowAll();
      } else {
        flow(known);
      }
    }
  }

  // -- the stop

  @Override
  public Future<Void> closeIntake() {
    closed = true;
    for (MemberPartition partition : partitions.values()) {
      partition.leave();
      flow(partition);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Flush> flush() {
    if (partitions.isEmpty()) {
      return Future.succeededFuture(Flush.NOTHING);
    }
    return committer
        .flush(new LinkedHashSet<>(partitions.keySet()))
        .map(
            positions -> {
              long ok = count(positions, "ok");
              long unknown = count(positions, "unknown");
              return new Flush(positions, ok, positions.size() - ok - unknown, unknown);
            });
  }

  private static long count(List<CommittedPosition> positions, String result) {
    return positions.stream().filter(position -> position.commit().equals(result)).count();
  }

  @Override
  public Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Void> close() {
    closed = true;
    committer.close();
    for (Partition partition : List.copyOf(partitions.keySet())) {
      forget(partition);
      events.revoked(environment.pipeline(), partition.source(), partition.epoch());
    }
    return member.close();
  }

  @Override
  public SourceStatus status() {
    List<PartitionStatus> all = new ArrayList<>();
    for (MemberPartition each : partitions.values()) {
      all.add(each.status());
    }
    return new SourceStatus(true, loop.wall(), null, all);
  }
}
