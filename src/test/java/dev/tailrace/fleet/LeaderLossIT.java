package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.KafkaCluster;
import dev.tailrace.local.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers, one of which dies under load: leader of partitions and coordinator of the group.
 */
class LeaderLossIT {
  private static final String TOPIC = "orders";
  private static final int PARTITIONS = 6;
  private static final int MESSAGES = 12_000;
  private static final int KEYS = 997;
  private static final int BATCH = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private KafkaCluster cluster;
  private @Nullable Process process;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    cluster = KafkaCluster.start();
    Servers.createTopic(seed(), TOPIC, PARTITIONS, Map.of());
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    configure();
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
    cluster.close();
  }

  @Test
  void aBrokerThatDiesUnderLoadCostsNoMessageAndTheGroupGoesOnAtAnother() throws Exception {
    Process running =
        FatJar.start(
            folder,
            folder.resolve("log"),
            List.of("run", "--events", "events.jsonl", "--report", "report.json"));
    process = running;
    FutureTask<@Nullable Void> load = new FutureTask<>(this::load);
    new Thread(load, "load").start();
    awaitEffects(MESSAGES / 4);

    int coordinator = coordinator();
    assertThat(leaders()).contains(coordinator);
    cluster.node(coordinator).kill();

    load.get();
    awaitEffects(MESSAGES);
    Awaitility.await().atMost(PATIENCE).until(() -> committed(other(coordinator)) == MESSAGES);
    assertThat(leaders(other(coordinator))).doesNotContain(coordinator);
    running.destroy(); // SIGTERM
    assertThat(running.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(running.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();

    Effects effects = Effects.read(folder);
    assertThat(effects.distinct(TOPIC)).isEqualTo(MESSAGES);
    assertThat(effects.repeated()).isEmpty();
    assertThat(effects.outOfOrder(TOPIC)).isEmpty();
    Path verdict = folder.resolve("verdict");
    int exitCode =
        FatJar.run(
            folder,
            verdict,
            List.of(
                "verify",
                "--events",
                "events.jsonl",
                "--report",
                "report.json",
                "--expect",
                "complete"));
    assertThat(exitCode).as(Files.readString(verdict)).isZero();
  }

  private void awaitEffects(long number) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> Effects.count(folder) >= number);
  }

  private @Nullable Void load() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int sent = 0; sent < MESSAGES; sent += BATCH) {
        List<Future<RecordMetadata>> batch = new ArrayList<>();
        for (int i = sent; i < sent + BATCH; i++) {
          batch.add(producer.send(new ProducerRecord<>(TOPIC, "k" + i % KEYS, "order " + i)));
        }
        for (Future<RecordMetadata> one : batch) {
          one.get();
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
    return null;
  }

  private KafkaBroker seed() {
    return cluster.node(1);
  }

  private KafkaBroker other(int dead) {
    return cluster.node(dead == 1 ? 2 : 1);
  }

  private int coordinator() throws Exception {
    try (Admin admin = Admin.create(seed().administrator())) {
      return admin.describeConsumerGroups(List.of(TOPIC)).all().get().values().stream()
          .mapToInt(group -> group.coordinator().id())
          .findFirst()
          .orElseThrow();
    }
  }

  private List<Integer> leaders() throws Exception {
    return leaders(seed());
  }

  private static List<Integer> leaders(KafkaBroker broker) throws Exception {
    try (Admin admin = Admin.create(broker.administrator())) {
      return admin.describeTopics(List.of(TOPIC)).allTopicNames().get().values().stream()
          .flatMap(topic -> topic.partitions().stream())
          .map(partition -> partition.leader().id())
          .toList();
    }
  }

  private static long committed(KafkaBroker broker) throws Exception {
    try (Admin admin = Admin.create(broker.administrator())) {
      return admin
          .listConsumerGroupOffsets(TOPIC)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    }
  }

  private void configure() throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: leader-loss
        instance: worker-0
        kafka: {bootstrap.servers: "%1$s", session.timeout.ms: 10000}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%2$s], group: %2$s, consumers: 2, start: earliest}}
            concurrency: 64
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: a.effects}}}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(cluster.bootstrap(), TOPIC),
        UTF_8);
  }
}
