package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Committer;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.TrackedPartition;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One member of a Kafka consumer group. Its client polls on a thread of its own and obeys a control
 * queue; positions, credit and batches belong to the event loop. A broker that does not answer is
 * shown in {@link #status} and never ends the source.
 */
final class KafkaSource implements Source, GroupEvents, KafkaPartitions.Outlet {
  /** Of a revocation's time, at most this is kept for committing after the handlers. */
  private static final Duration COMMIT_RESERVE = Duration.ofSeconds(1);

  private static final Duration CONTROL_LIMIT = Duration.ofSeconds(10);

  private final SourceEnvironment environment;
  private final Loop loop;
  private final PoolEvents events;
  private final KafkaSourceConfig config;
  private final KafkaConnection connection;
  private final Connectivity connectivity;
  private final Committer committer;
  private final KafkaPartitions partitions;

  private final Promise<Void> opened = Promise.promise();
  private @Nullable Intake intake; // event loop only; null before open

  /**
   * Makes the source of one consumer, on its event loop; connects nothing.
   *
   * @param vertx owner of the event loop
   */
  KafkaSource(
      Vertx vertx, SourceEnvironment environment, KafkaSourceConfig config, ClientFactory clients) {
    this.environment = environment;
    this.loop = environment.loop();
    this.events = environment.events();
    this.config = config;
    this.partitions = new KafkaPartitions(loop, this);
    this.connection = new KafkaConnection(vertx, environment, config, clients, partitions::polled);
    this.connectivity =
        new Connectivity(
            environment, config.describe(), "no answer yet from " + config.bootstrap());
    this.committer =
        new Committer(
            environment,
            Committer.DEFAULT_INTERVAL,
            config.window(),
            new GroupCommits(connection::consumer));
  }

  @Override
  public String name() {
    return "kafka " + config.describe();
  }

  @Override
  public Future<Void> open(Intake intake) {
    assert loop.inLoop();
    if (this.intake == null) {
      this.intake = intake;
      connection.open(ClientSettings.consumer(config, environment), this);
    }
    return opened.future();
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    assert loop.inLoop();
    partitions.request(partition, messages, bytes);
  }

  @Override
  public Future<Void> closeIntake() {
    assert loop.inLoop();
    partitions.close();
    return Future.succeededFuture();
  }

  @Override
  public Future<Flush> flush() {
    assert loop.inLoop();
    Set<Partition> all = partitions.all();
    return all.isEmpty()
        ? Future.succeededFuture(Flush.NOTHING)
        : committer.flush(all).map(KafkaSource::flushed);
  }

  private static Flush flushed(List<CommittedPosition> positions) {
    long ok = count(positions, "ok");
    long unknown = count(positions, "unknown");
    return new Flush(positions, ok, positions.size() - ok - unknown, unknown);
  }

  private static long count(List<CommittedPosition> positions, String result) {
    return positions.stream().filter(position -> position.commit().equals(result)).count();
  }

  /** Nothing is to be told: what is not committed goes to the next owner. */
  @Override
  public Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Void> close() {
    assert loop.inLoop();
    opened.tryFail("closed before it was open");
    partitions.close();
    committer.close();
    for (Partition partition : partitions.all()) {
      end(partition);
      events.revoked(environment.pipeline(), partition.source(), partition.epoch());
    }
    return connection.close();
  }

  @Override
  public SourceStatus status() {
    assert loop.inLoop();
    return new SourceStatus(
        connectivity.connected(),
        connectivity.since(),
        connectivity.error(),
        partitions.statuses());
  }

  private Intake intake() {
    Intake known = intake;
    if (known == null) {
      throw new IllegalStateException(name() + " is not open");
    }
    return known;
  }

  @Override
  public void joined() {
    connectivity.up();
    opened.tryComplete();
  }

  @Override
  public void started(List<StartingPoint> points) {
    joined();
    if (partitions.isClosed()) {
      return; // they are held back already, and stay so
    }
    List<Partition> assigned = new ArrayList<>(points.size());
    for (StartingPoint point : points) {
      Partition partition = point.partition();
      TrackedPartition tracked = committer.track(partition, point.committed(), startOf(point));
      partitions.add(
          point.topicPartition(), new KafkaPartition(tracked, point.start(), partitions::schedule));
      StartingPoint.Deviation deviation = point.deviation();
      if (deviation != null) {
        events.alarm(
            environment.pipeline(), partition.source(), deviation.alarm(), deviation.detail());
      }
      events.assigned(
          environment.pipeline(),
          partition.source(),
          partition.epoch(),
          Long.toString(point.start()));
      assigned.add(partition);
    }
    intake().assigned(assigned);
  }

  /** -1, at the committed position, keeps what is finished above it. */
  private static long startOf(StartingPoint point) {
    return point.committed() != null && point.committed().offset() == point.start()
        ? -1
        : point.start();
  }

  @Override
  public Future<Void> revoked(List<Partition> revoked, Duration left) {
    List<Partition> known = partitions.known(revoked);
    if (known.isEmpty()) {
      return Future.succeededFuture();
    }
    long began = loop.nanos();
    for (Partition partition : known) {
      KafkaPartition leaving = partitions.get(partition);
      if (leaving != null) {
        leaving.leave();
      }
    }
    Duration quarter = left.dividedBy(4);
    Duration reserve = quarter.compareTo(COMMIT_RESERVE) < 0 ? quarter : COMMIT_RESERVE;
    return intake()
        .revoke(known, left.minus(reserve))
        .transform(ended -> committer.flush(Set.copyOf(known)))
        .transform(
            committed -> {
              for (Partition partition : known) {
                end(partition);
                events.revoked(
                    environment.pipeline(),
                    partition.source(),
                    partition.epoch(),
                    commitOf(partition, committed.result()));
              }
              events.revocation(environment.pipeline(), Duration.ofNanos(loop.nanos() - began));
              return Future.succeededFuture();
            });
  }

  private static String commitOf(Partition partition, List<CommittedPosition> flushed) {
    return flushed.stream()
        .filter(position -> position.source().equals(partition.source()))
        .map(CommittedPosition::commit)
        .findFirst()
        .orElse("ok");
  }

  @Override
  public void lost(List<Partition> lost) {
    List<Partition> known = partitions.known(lost);
    if (known.isEmpty()) {
      return;
    }
    for (Partition partition : known) {
      end(partition);
      events.lost(environment.pipeline(), partition.source(), partition.epoch());
    }
    intake().lost(known);
  }

  private void end(Partition partition) {
    partitions.remove(partition);
    committer.end(partition);
  }

  @Override
  public void ends(Map<Partition, Long> ends) {
    connectivity.up();
    ends.forEach(
        (partition, end) -> {
          KafkaPartition known = partitions.get(partition);
          if (known != null) {
            known.end(end);
          }
        });
  }

  @Override
  public void failed(Throwable failure) {
    Optional<UnfitException> unfit = KafkaErrors.unfit(failure, config);
    unfit.ifPresent(opened::tryFail); // which does nothing once it is open
    connectivity.down(
        unfit.map(Throwable::getMessage).orElseGet(() -> KafkaErrors.trouble(failure, config)));
  }

  @Override
  public void ended() {
    connection.renew(ClientSettings.consumer(config, environment), this);
  }

  @Override
  public void accept(List<Delivery> batch) {
    intake().accept(batch);
  }

  @Override
  public void flow(Partition partition, boolean paused) {
    ControlledConsumer consumer = connection.consumer();
    if (consumer != null) {
      consumer.flow(partition, paused);
    }
  }

  /** The topic was deleted and made again under our feet: a new epoch, from where it begins. */
  @Override
  public void restarted(KafkaPartition partition, long offset) {
    Partition old = partition.partition();
    events.alarm(
        environment.pipeline(),
        old.source(),
        Alarm.SOURCE_RESET,
        "positions restarted at " + offset + ": the topic was made anew");
    lost(List.of(old));
    ControlledConsumer consumer = connection.consumer();
    if (consumer != null) {
      consumer.submit(
          CONTROL_LIMIT, membership -> (client, limit) -> membership.restart(old, offset));
    }
  }
}
