package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools that are read until the end stop by themselves when all is done, and not before. */
final class SourceEndIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int THERE = 600;

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final EffectLog effects = new EffectLog(Duration.ofMillis(2));
  private final String name = Servers.uniqueName("end");

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void membersOfOneGroupEndTogetherAlsoBehindTransactionsAndUnderLoad() throws Exception {
    servers.createTopic(name, 5);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    kafka.produce(name, 0, THERE, 100);
    produceInTransactions();
    SourceConfig source =
        KafkaSourceConfig.of(servers.kafka().bootstrap(), name, name)
            .withConsumers(2)
            .withUntil(Until.END);

    List<Tailrace> pools = List.of(pool("a", source), pool("b", source));
    Future.all(pools.stream().map(Tailrace::start).toList());
    for (int more = 0; !allDrained(pools); more++) {
      assertThat(more).as("what is written for ever keeps nobody").isLessThan(100_000);
      kafka.produce(name, THERE + more, 1, 100);
    }

    for (Tailrace pool : pools) {
      assertEnded(pool);
    }
    long done = kafka.committed(name).keySet().stream().mapToLong(effects::of).sum();
    assertThat(done).isGreaterThanOrEqualTo(THERE + 2);
    assertThat(effects.repeated()).isEmpty();
  }

  @Test
  void consumersOfOneStreamEndTogetherWhenNothingIsPending() throws Exception {
    StreamProbe redis = new StreamProbe(vertx, servers.redis().url());
    redis.produce(name, 0, THERE);
    SourceConfig source =
        RedisSourceConfig.of(servers.redis().url(), name, name).withUntil(Until.END);

    List<Tailrace> pools = List.of(pool("a", source), pool("b", source));
    Future.all(pools.stream().map(Tailrace::start).toList());
    await().atMost(PATIENCE).until(() -> allDrained(pools));

    for (Tailrace pool : pools) {
      assertEnded(pool);
    }
    assertThat(effects.size()).isEqualTo(THERE);
    assertThat(effects.repeated()).isEmpty();
    assertThat(redis.pending(name, name)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void instancesThatShareShardsEndWhenAllShardsAreThroughAlsoUnderLoad(int instances)
      throws Exception {
    StreamProbe redis = new StreamProbe(vertx, servers.redis().url());
    Shards shards = new Shards(name, 4, Duration.ofSeconds(2));
    redis.produce(name + ":0", 0, THERE / 2); // nobody has written to the last two yet
    redis.produce(name + ":1", THERE / 2, THERE / 2);
    SourceConfig source =
        RedisSourceConfig.of(servers.redis().url(), name, shards).withUntil(Until.END);

    List<Tailrace> pools =
        Stream.of("a", "b").limit(instances).map(each -> pool(each, source)).toList();
    Future.all(pools.stream().map(Tailrace::start).toList());
    for (int more = 0; !allDrained(pools); more++) {
      assertThat(more).as("what is written for ever keeps nobody").isLessThan(100_000);
      redis.produce(name + ":" + more % 4, THERE + more, 1);
    }

    for (Tailrace pool : pools) {
      assertEnded(pool);
    }
    assertThat(effects.repeated()).isEmpty();
    for (String shard : List.of(name + ":0", name + ":1")) {
      long done = effects.of(shard);
      assertThat(done).as("all that was there").isGreaterThanOrEqualTo(THERE / 2);
      assertThat(redis.pending(shard, name))
          .as("what came later was done, or read too late and given back")
          .isEqualTo(redis.read(shard, name) - done);
    }
  }

  /** The last offsets of their partitions are markers, which nobody reads. */
  private void produceInTransactions() throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers", servers.kafka().bootstrap(), "transactional.id", name),
            new StringSerializer(),
            new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(name, 0, "key-0", "kept")).get();
      producer.send(new ProducerRecord<>(name, 1, "key-1", "kept")).get();
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(name, 1, "key-1", "taken back")).get();
      producer.abortTransaction();
    }
  }

  private Tailrace pool(String instance, SourceConfig source) {
    return Tailrace.builder(vertx)
        .identity(PoolIdentity.of(name, instance))
        .add(Pipeline.named("work").source(source).handle(effects).build())
        .build();
  }

  private static boolean allDrained(List<Tailrace> pools) {
    return pools.stream().allMatch(pool -> pool.report().isPresent());
  }

  private static void assertEnded(Tailrace pool) {
    DrainReport report = pool.report().orElseThrow();
    assertThat(report.trigger().kind()).isEqualTo(Trigger.Kind.SOURCE_END);
    assertThat(report.toJson().getString("result")).isEqualTo("clean");
    assertThat(report.exitCode()).isZero();
  }
}
