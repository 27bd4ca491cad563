package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.ConfiguredFleet;
import dev.tailrace.app.KafkaProbe;
import dev.tailrace.app.PoolSchema;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes under load are replaced one after the other, and nobody notices. */
class FleetRollIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(300);
  private static final int MOST = 200_000;
  private static final List<String> INSTANCES = List.of("a", "b", "c");

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final KafkaProbe kafka = new KafkaProbe(servers.kafka());
  private final String name = Servers.uniqueName("roll");
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger runs = new AtomicInteger();
  private final Queue<JarProcess> processes = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> exitCodes = new ConcurrentLinkedQueue<>();

  @AfterEach
  void end() throws Exception {
    processes.forEach(JarProcess::close);
    result(vertx.close());
  }

  @Test
  void nothingIsLostNothingIsDoneTwiceAndNoTwoDrainAtOnce() throws Exception {
    servers.createTopic(name, 6);
    ConfiguredFleet fleet = fleet(write());
    INSTANCES.forEach(this::supervise);
    await().atMost(PATIENCE).pollInterval(LOOK).until(() -> running(fleet) == 3);

    JarProcess roll = JarProcess.start(folder, "fleet", "roll", "--wait", "120s");
    processes.add(roll);
    int all = load(roll);
    assertThat(roll.exitCode()).as(roll.out() + roll.err()).isEqualTo(ExitCode.OK);
    assertThat(roll.out().lines()).hasSize(3).allMatch(line -> line.contains("replaced by"));
    assertThat(exitCodes).containsExactly(ExitCode.RESTART, ExitCode.RESTART, ExitCode.RESTART);

    await().atMost(PATIENCE).pollInterval(LOOK).until(() -> committed() == all);
    processes.forEach(each -> each.process().destroy()); // SIGTERM
    await().atMost(PATIENCE).until(() -> exitCodes.size() == 6);
    assertThat(exitCodes).endsWith(ExitCode.OK, ExitCode.OK, ExitCode.OK);

    List<List<JsonObject>> logs = logs();
    assertThat(times(logs))
        .as("each message is done once")
        .hasSize(all)
        .allSatisfy((message, times) -> assertThat(times).as(message).isEqualTo(1));
    assertNoTwoDrains(logs);
  }

  /** Writes as long as the fleet is rolled; payments that no gateway refuses. */
  private int load(JarProcess roll) throws Exception {
    int written = 0;
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", servers.kafka().bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      for (; roll.process().isAlive() && written < MOST; written++) {
        String body = new JsonObject().put("number", written * 50L).encode();
        var sent = producer.send(new ProducerRecord<>(name, "key-" + written % 500, body));
        if (written % 20 == 0) {
          sent.get();
          roll.process().waitFor(50, TimeUnit.MILLISECONDS); // no more than they can do
        }
      }
    }
    return written;
  }

  /** Starts a process, and another one in its place where it ends with 6. */
  private void supervise(String instance) {
    try {
      JarProcess process =
          JarProcess.start(
              folder,
              "run",
              "--set",
              "instance=" + instance,
              "--events",
              "events-" + runs.incrementAndGet() + ".jsonl");
      processes.add(process);
      CompletableFuture<Void> unused =
          process
              .process()
              .onExit()
              .thenAccept(
                  ended -> {
                    if (ended.exitValue() == ExitCode.RESTART) {
                      supervise(instance);
                    }
                    exitCodes.add(ended.exitValue());
                  });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long running(ConfiguredFleet fleet) throws Exception {
    return result(fleet.members(vertx)).stream()
        .filter(one -> one.state().equals("running") && !one.assignments().isEmpty())
        .count();
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static ConfiguredFleet fleet(Path file) throws Exception {
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return ConfiguredFleet.read(new ConfigLoader(PoolSchema.schema()).load(inputs)).orElseThrow();
  }

  private long committed() throws Exception {
    return kafka.committed(name).values().stream().mapToLong(Long::longValue).sum();
  }

  private List<List<JsonObject>> logs() throws IOException {
    List<List<JsonObject>> logs = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
        logs.add(Files.readAllLines(file).stream().map(JsonObject::new).toList());
      }
    }
    return logs;
  }

  private static Map<String, Integer> times(List<List<JsonObject>> logs) {
    Map<String, Integer> times = new HashMap<>();
    for (List<JsonObject> log : logs) {
      for (JsonObject event : log) {
        if (event.getString("ev").equals("started")) {
          times.merge(event.getString("source") + "@" + event.getString("pos"), 1, Integer::sum);
        }
      }
    }
    return times;
  }

  /** One machine, one clock that only goes forward. */
  private static void assertNoTwoDrains(List<List<JsonObject>> logs) {
    List<long[]> drains = new ArrayList<>();
    for (List<JsonObject> log : logs) {
      if (log.stream().anyMatch(event -> "fleet_replace".equals(event.getString("outcome")))) {
        drains.add(new long[] {time(log, "drain_begin"), time(log, "drain_end")});
      }
    }
    drains.sort(Comparator.comparingLong(drain -> drain[0]));
    assertThat(drains).hasSize(3);
    assertThat(drains.get(1)[0]).isGreaterThan(drains.get(0)[1]);
    assertThat(drains.get(2)[0]).isGreaterThan(drains.get(1)[1]);
  }

  private static long time(List<JsonObject> log, String event) {
    return log.stream()
        .filter(one -> one.getString("ev").equals(event))
        .mapToLong(one -> one.getLong("monoNanos"))
        .findFirst()
        .orElseThrow();
  }

  private Path write() throws IOException {
    return Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        kafka: {bootstrap.servers: "%2$s", heartbeat.interval.ms: 500}
        redis: {url: "%3$s"}
        fleet: {registry: redis}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 5, most-millis: 40}}}
        telemetry: {logs: {level: warn}}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, servers.kafka().bootstrap(), servers.redis().url()));
  }
}
