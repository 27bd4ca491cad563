package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.BatchLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bulk insert as handler, with a real broker, stopped in the middle of a batch. */
final class BatchesIT {
  private static final int MESSAGES = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final EffectLog effects = new EffectLog(Duration.ofMillis(5));
  private final ConcurrentLinkedQueue<List<Message>> batches = new ConcurrentLinkedQueue<>();
  private final Promise<Void> held = Promise.promise();
  private volatile boolean holding;

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aStopInTheMiddleOfABatchLosesAndRepeatsNoneOfIt() throws Exception {
    String topic = Servers.uniqueName("orders");
    String group = Servers.uniqueName("group");
    servers.createTopic(topic, 4);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    kafka.produce(topic, 0, MESSAGES, 200);

    ConsumerVerticle first = consumer(topic, group);
    String id = Results.result(vertx.deployVerticle(first));
    await().atMost(PATIENCE).until(() -> effects.size() > 200);
    holding = true;
    Results.result(held.future());
    Results.result(vertx.undeploy(id));

    Map<String, Long> committed = kafka.committed(group);
    assertThat(effects.size()).isLessThan(MESSAGES);
    committed.forEach(
        (partition, position) ->
            assertThat(effects.of(partition)).isGreaterThanOrEqualTo(position)); // rows wait
    DrainReport report = first.report().orElseThrow();
    assertThat(report.exitCode()).isZero();
    assertThat(report.messages().abandoned()).isZero();

    holding = false;
    String next = Results.result(vertx.deployVerticle(consumer(topic, group)));
    await().atMost(PATIENCE).until(() -> effects.size() == MESSAGES);
    Results.result(vertx.undeploy(next));

    assertThat(effects.repeated()).isEmpty();
    assertThat(batches).allMatch(BatchesIT::holdsEachKeyOnce).anyMatch(batch -> batch.size() > 1);
  }

  private ConsumerVerticle consumer(String topic, String group) {
    return new ConsumerVerticle(
        Pipeline.named("orders")
            .source(KafkaSourceConfig.of(servers.kafka().bootstrap(), group, topic))
            .handleBatch(this::insert)
            .batches(new BatchLimits(20, 1 << 20, Duration.ofMillis(50)))
            .limits(new PipelineLimits(64, 256, 64 << 20, 64))
            .build());
  }

  /** All rows or none; where one of them is refused, nobody learns which one. */
  private Future<List<Outcome>> insert(List<MessageContext> rows) {
    batches.add(rows.stream().map(MessageContext::message).toList());
    boolean refused =
        rows.stream().anyMatch(row -> row.message().origin().toString().endsWith("77"));
    if (refused && rows.size() > 1) {
      return Future.failedFuture(new IllegalArgumentException("a row is refused"));
    }
    Future<Void> begun = holding ? untilTheDrain(rows.get(0)) : Future.succeededFuture();
    return begun.compose(
        now -> {
          List<Future<Outcome>> done =
              rows.stream().map(row -> effects.handle(row.message(), row)).toList();
          return Future.all(done).map(all -> done.stream().map(Future::result).toList());
        });
  }

  private Future<Void> untilTheDrain(MessageContext row) {
    held.tryComplete();
    if (row.draining()) {
      return Future.succeededFuture();
    }
    return Vertx.currentContext().owner().timer(5).compose(later -> untilTheDrain(row));
  }

  private static boolean holdsEachKeyOnce(List<Message> batch) {
    List<Buffer> keys = batch.stream().map(Message::key).toList();
    return keys.stream().distinct().count() == keys.size();
  }
}
