package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.stream.RedisSourceConfig;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Undeploying a consumer in somebody else's Vert.x application, with real servers. */
final class UndeployIT {
  private static final Duration WORK = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final EffectLog effects = new EffectLog(WORK);
  private final PipelineLimits limits = new PipelineLimits(32, 256, 64 << 20, 64);

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void whatKafkaHasCommittedIsWhatWasDoneAndTheGroupIsLeft() throws Exception {
    String topic = Servers.uniqueName("orders");
    String group = Servers.uniqueName("group");
    servers.createTopic(topic, 4);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    kafka.produce(topic, 0, 4_000, 200);
    ConsumerVerticle consumer =
        new ConsumerVerticle(
            Pipeline.named("orders")
                .source(KafkaSourceConfig.of(servers.kafka().bootstrap(), group, topic))
                .handle(effects)
                .limits(limits)
                .build());

    String id = Results.result(vertx.deployVerticle(consumer));
    await().atMost(PATIENCE).until(() -> effects.size() > 500);
    Results.result(vertx.undeploy(id));

    Map<String, Long> committed = kafka.committed(group);
    assertThat(effects.size()).isLessThan(4_000);
    assertThat(effects.repeated()).isEmpty();
    assertThat(committed.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(effects.size());
    committed.forEach(
        (partition, position) -> assertThat(effects.of(partition)).isEqualTo(position));
    assertThat(kafka.members(group)).isZero();
    assertThat(consumer.report().orElseThrow().exitCode()).isZero();
    assertAccounted(consumer.report().orElseThrow());
  }

  @Test
  void whatRedisHasPendingIsWhatCameTooLateAndTheNextOneGetsExactlyThat() throws Exception {
    String stream = Servers.uniqueName("payments");
    String group = Servers.uniqueName("group");
    StreamProbe redis = new StreamProbe(vertx, servers.redis().url());
    redis.produce(stream, 0, 4_000);
    ConsumerVerticle first = payments(stream, group);

    String id = Results.result(vertx.deployVerticle(first));
    await().atMost(PATIENCE).until(() -> effects.size() > 500);
    Results.result(vertx.undeploy(id));

    assertThat(effects.size()).isLessThan(4_000);
    // What the last read brought after the stop had begun was given back.
    assertThat(redis.pending(stream, group)).isEqualTo(redis.read(stream, group) - effects.size());
    assertThat(first.report().orElseThrow().exitCode()).isZero();
    assertAccounted(first.report().orElseThrow());

    ConsumerVerticle second = payments(stream, group);
    String next = Results.result(vertx.deployVerticle(second));
    await().atMost(PATIENCE).until(() -> effects.size() == 4_000);
    Results.result(vertx.undeploy(next));

    assertThat(effects.repeated()).isEmpty();
    assertThat(redis.pending(stream, group)).isZero();
    assertThat(second.report().orElseThrow().exitCode()).isZero();
  }

  private ConsumerVerticle payments(String stream, String group) {
    return new ConsumerVerticle(
        Pipeline.named("payments")
            .source(RedisSourceConfig.of(servers.redis().url(), group, stream))
            .handle(effects)
            .limits(limits)
            .build());
  }

  private static void assertAccounted(DrainReport report) {
    DrainReport.Messages messages = report.messages();
    assertThat(
            messages.since().finishedTotal() + messages.since().released() + messages.abandoned())
        .isEqualTo(messages.atStart().inFlight());
  }
}
