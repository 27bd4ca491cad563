package dev.tailrace.kafka;

import dev.tailrace.kafka.ReadingEnd.Reached;
import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.CreditLeft;
import dev.tailrace.source.Intake;
import dev.tailrace.source.OwnedPartitions;
import dev.tailrace.source.Partition;
import dev.tailrace.source.PolledMessage;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.UnfitException;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * One member of a Kafka consumer group. Its client polls on a thread of its own and obeys a control
 * queue; positions, credit and batches belong to the event loop. A broker that does not answer is
 * shown in {@link #status} and never ends the source.
 */
final class KafkaSource implements Source, GroupEvents, OwnedPartitions.Poller {
  private static final Duration CONTROL_LIMIT = Duration.ofSeconds(10);

  private final SourceEnvironment environment;
  private final Loop loop;
  private final KafkaSourceConfig config;
  private final RecordForm form;
  private final KafkaConnection connection;
  private final Connectivity connectivity;
  private final OwnedPartitions partitions;
  private final TopicWatch topics;

  private final Promise<Void> opened = Promise.promise();
  private boolean opening; // event loop only

  /**
   * Makes the source of one consumer, on its event loop; connects nothing.
   *
   * @param vertx owner of the event loop
   * @param form what the records are
   */
  KafkaSource(
      Vertx vertx,
      SourceEnvironment environment,
      KafkaSourceConfig config,
      RecordForm form,
      ClientFactory clients) {
    this.environment = environment;
    this.loop = environment.loop();
    this.config = config;
    this.form = form;
    TopicIds ids = new TopicIds(loop, config.client());
    this.connection = new KafkaConnection(vertx, environment, config, clients, ids, this::polled);
    this.partitions =
        new OwnedPartitions(
            environment,
            config.window(),
            new GroupCommits(connection::consumer, this::committed),
            this);
    this.connectivity =
        new Connectivity(
            environment, config.describe(), "no answer yet from " + config.bootstrap());
    this.topics = new TopicWatch(environment, config, this::topicsRead, this::remade, ids);
  }

  @Override
  public String name() {
    return "kafka " + config.describe();
  }

  @Override
  public Future<Void> open(Intake intake) {
    assert loop.inLoop();
    if (!opening) {
      opening = true;
      partitions.open(intake);
      connection.open(settings(), this);
    }
    return opened.future();
  }

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
    return Future.join(connection.close(), topics.close()).mapEmpty();
  }

  /** See {@link ReadingEnd}. */
  @Override
  public Future<Boolean> atEnd() {
    assert loop.inLoop();
    ControlledConsumer consumer = connection.consumer();
    if (config.until() == Until.STOP || consumer == null) {
      return Future.succeededFuture(false);
    }
    ReadingEnd end = connection.end();
    return consumer
        .submit(CONTROL_LIMIT, membership -> (client, limit) -> end.look(client, membership, limit))
        .map(reply -> reply instanceof Reply.Ok<Reached> ok && isThrough(end, ok.value()));
  }

  private boolean isThrough(ReadingEnd end, Reached reached) {
    return reached.positions().isEmpty()
        ? reached.settled()
        : reached.positions().entrySet().stream()
            .allMatch(at -> partitions.isThrough(at.getKey(), end.of(at.getKey()), at.getValue()));
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

  @Override
  public void joined() {
    connectivity.up();
    opened.tryComplete();
    topics.look();
  }

  @Override
  public void started(List<StartingPoint> points) {
    joined();
    partitions.started(points);
    topics.started(points);
  }

  @Override
  public void deviated(Partition partition, StartingPoint.Deviation deviation) {
    environment
        .events()
        .alarm(environment.pipeline(), partition.source(), deviation.alarm(), deviation.detail());
  }

  @Override
  public Future<Void> revoked(List<Partition> revoked, Duration left) {
    return partitions.revoked(revoked, left);
  }

  @Override
  public void lost(List<Partition> lost) {
    partitions.lost(lost);
  }

  @Override
  public void ends(Map<Partition, Long> ends) {
    connectivity.up();
    partitions.ends(ends);
  }

  @Override
  public void failed(Throwable failure) {
    Optional<UnfitException> unfit = KafkaErrors.unfit(failure, config);
    unfit.ifPresent(opened::tryFail); // which does nothing once it is open
    connectivity.down(
        unfit.isPresent() ? Alarm.REFUSED : Alarm.UNREACHABLE,
        unfit.map(Throwable::getMessage).orElseGet(() -> KafkaErrors.trouble(failure, config)));
  }

  @Override
  public void ended() {
    connection.renew(settings(), this);
  }

  private Map<String, Object> settings() {
    return ClientSettings.consumer(config, environment, form.clientSuffix(config));
  }

  /** Takes what a poll brought, in the order of the polls. */
  private void polled(ConsumerRecords<byte[], byte[]> records) {
    Map<String, List<PolledMessage>> messages = new LinkedHashMap<>();
    for (TopicPartition name : records.partitions()) {
      String source = GroupMembership.sourceOf(name);
      messages.put(source, form.read(records.records(name), source));
    }
    partitions.polled(messages);
  }

  @Override
  public void flow(Map<Partition, Boolean> held) {
    ControlledConsumer consumer = connection.consumer();
    if (consumer != null) {
      consumer.flow(held);
    }
  }

  @Override
  public void left(CreditLeft credit) {
    ControlledConsumer consumer = connection.consumer();
    if (consumer != null) {
      consumer.left(credit);
    }
  }

  @Override
  public Future<Boolean> reread(Partition partition, long offset) {
    ControlledConsumer consumer = connection.consumer();
    if (consumer == null) {
      return Future.succeededFuture(false);
    }
    return consumer
        .submit(
            CONTROL_LIMIT, membership -> (client, limit) -> membership.reread(partition, offset))
        .map(reply -> reply instanceof Reply.Ok<?>);
  }

  private void committed(Partition partition) {
    topics.committed(partition);
  }

  private Map<Partition, String> topicsRead() {
    Map<Partition, String> topics = new LinkedHashMap<>();
    for (Partition partition : partitions.all()) {
      topics.put(partition, GroupMembership.topicOf(partition));
    }
    return topics;
  }

  /** The topic is another one by now, of which nothing was read: from its beginning. */
  private void remade(Partition old) {
    partitions.lost(List.of(old));
    restart(old, -1);
  }

  @Override
  public void restart(Partition old, long ceiling) {
    ControlledConsumer consumer = connection.consumer();
    if (consumer != null) {
      consumer.submit(
          CONTROL_LIMIT, membership -> (client, limit) -> membership.restart(old, ceiling));
    }
  }
}
