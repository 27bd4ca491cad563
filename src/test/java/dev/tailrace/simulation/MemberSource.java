package dev.tailrace.simulation;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.source.Intake;
import dev.tailrace.source.OwnedPartitions;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The production's partitions on the loop, before a simulated client of the group. */
final class MemberSource implements Source, OwnedPartitions.Poller {
  private final World world;
  private final SourceEnvironment environment;
  private final SimulatedLoop loop;
  private final GroupMember member;
  private final OwnedPartitions partitions;
  private final MemberWatch watch;

  MemberSource(World world, SimulatedProcess process, SourceEnvironment environment) {
    this.world = world;
    this.environment = environment;
    this.loop = (SimulatedLoop) environment.loop();
    this.member = new GroupMember(world, process, loop, this);
    this.partitions =
        new OwnedPartitions(
            environment,
            world.settings().group().window(),
            new MemberCommits(world, member, this),
            this);
    this.watch = new MemberWatch(world, environment, member, partitions);
    process.add(member);
  }

  @Override
  public String name() {
    return "simulated orders";
  }

  @Override
  public Future<Void> open(Intake pool) {
    partitions.open(pool);
    member.join();
    return Future.succeededFuture();
  }

  // -- what the group does

  void started(List<StartingPoint> points) {
    partitions.started(points);
    watch.started(points);
  }

  MemberWatch watch() {
    return watch;
  }

  Future<Void> revoked(List<Partition> going, Duration left) {
    return partitions.revoked(going, left);
  }

  void cut(Partition partition, long end) {
    environment
        .events()
        .alarm(
            environment.pipeline(),
            partition.source(),
            Alarm.SOURCE_RESET,
            "the log was cut at " + end + " or made anew");
    partitions.lost(List.of(partition));
  }

  void lost(List<Partition> lost) {
    partitions.lost(lost);
  }

  void polled(Map<String, List<WorldMessage>> records) {
    partitions.polled(records);
  }

  /** P7: nothing is committed for an epoch that has ended. */
  void checkTracked(Partition partition) {
    if (!partitions.all().contains(partition)) {
      throw world.broken("P7: a commit for " + partition + ", whose epoch has ended");
    }
  }

  /** Whether it still ends work of partitions that the group has given to another. */
  boolean isHandingOver() {
    return partitions.all().stream().anyMatch(partition -> !member.owns(partition));
  }

  // -- what the production asks of its client

  @Override
  public void flow(Map<Partition, Boolean> held) {
    held.forEach(member::flow);
  }

  @Override
  public Future<Boolean> reread(Partition partition, long offset) {
    member.reread(partition, offset);
    return Future.succeededFuture(true);
  }

  @Override
  public void restart(Partition old, long ceiling) {
    member.restart(old, ceiling);
  }

  // -- the source

  @Override
  public void request(Partition partition, int messages, long bytes) {
    partitions.request(partition, messages, bytes);
  }

  @Override
  public Future<Void> closeIntake() {
    partitions.closeIntake();
    return Future.succeededFuture();
  }

  @Override
  public Future<Flush> flush() {
    return partitions.flush();
  }

  @Override
  public Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Void> close() {
    partitions.close();
    return member.close();
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(true, loop.wall(), null, partitions.statuses());
  }
}
