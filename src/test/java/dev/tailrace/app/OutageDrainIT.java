package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.StoreFactory;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.RedisSourceConfig;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A drain while a server is frozen: over by its deadline, and honest about what it does not know.
 */
final class OutageDrainIT {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final DrainConfig DRAIN = DrainConfig.within(Duration.ofSeconds(6));

  /** For a busy machine; that half a second is enough is for the campaigns to measure. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final HeldHandler handler = new HeldHandler();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @ParameterizedTest(name = "killed: {0}")
  @ValueSource(booleans = {false, true})
  void withoutAnAnswerOfKafkaNoPositionIsConfirmedAndTheDeadlineHolds(boolean killed)
      throws Exception {
    try (KafkaBroker broker = servers.newKafka()) {
      Servers.createTopic(broker, "orders", 2, Map.of());
      new KafkaProbe(broker).produce("orders", 0, 20, 20);
      Tailrace pool =
          started(
              Pipeline.named("orders")
                  .source(KafkaSourceConfig.of(broker.bootstrap(), "orders", "orders")));
      await().atMost(Duration.ofSeconds(30)).until(() -> handler.started() == 20);

      if (killed) {
        broker.kill();
      } else {
        broker.pause();
      }
      handler.release();
      DrainReport report = Results.result(pool.drain(SIGTERM));

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(report.result()).isEqualTo(DrainReport.Result.INCOMPLETE);
      assertThat(report.positions())
          .hasSize(2)
          .allMatch(position -> position.commit().equals("unknown"));
      assertThat(report.messages().abandoned()).isZero();
      assertInTime(report);
      if (!killed) {
        broker.resume();
      }
    }
  }

  @Test
  void withAFrozenRedisStreamTheDeadlineHolds() throws Exception {
    try (RedisServer redis = servers.newRedis()) {
      StreamProbe probe = new StreamProbe(vertx, redis.url());
      probe.produce("payments", 0, 20);
      Tailrace pool =
          started(
              Pipeline.named("payments")
                  .source(RedisSourceConfig.of(redis.url(), "payments", "payments")));
      await().atMost(Duration.ofSeconds(30)).until(() -> handler.started() == 20);

      redis.pause();
      handler.release();
      DrainReport report = Results.result(pool.drain(SIGTERM));

      assertThat(report.exitCode()).isEqualTo(4);
      assertInTime(report);
      redis.resume();
    }
  }

  @Test
  void aMarkThatCannotBeWrittenAbandonsItsMessageByNameAndHoldsItsPosition() throws Exception {
    String topic = Servers.uniqueName("orders");
    servers.createTopic(topic, 1);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    kafka.produce(topic, 0, 5, 5);
    try (RedisServer redis = servers.newRedis()) {
      Tailrace pool =
          started(
              Pipeline.named("orders")
                  .source(KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic))
                  .idempotency(
                      Idempotency.of(store(redis), KeyRule.parse("position", OnMissing.POSITION))));
      await().atMost(Duration.ofSeconds(30)).until(() -> handler.started() == 5);

      redis.pause();
      handler.release();
      DrainReport report = Results.result(pool.drain(SIGTERM));
      redis.resume();

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(report.messages().abandoned()).isEqualTo(5);
      assertThat(report.messages().named())
          .extracting(DrainReport.AbandonedMessage::claim)
          .doesNotContain("");
      assertThat(kafka.committed(topic).getOrDefault(topic + "/0", 0L)).isZero();
      assertInTime(report);
    }
  }

  private Tailrace started(Pipeline.Builder pipeline) throws Exception {
    return Results.result(
        Tailrace.builder(vertx).add(pipeline.handle(handler).build()).drain(DRAIN).build().start());
  }

  private StoreFactory store(RedisServer redis) {
    return (loop, namespace) ->
        new RedisIdempotencyStore(vertx, loop, RedisConfig.of(redis.url()), namespace);
  }

  private static void assertInTime(DrainReport report) {
    assertThat(report.phases()).hasSize(Phase.values().length);
    assertThat(report.timing().duration()).isLessThan(report.timing().deadline().plus(MARGIN));
  }
}
