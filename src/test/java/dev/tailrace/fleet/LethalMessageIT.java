package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.LethalHandler;
import dev.tailrace.app.KafkaProbe;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * One message among others halts every process that works on it: it is found, and after two and
 * {@code attempts} processes it is a dead letter; all others are worked on.
 */
class LethalMessageIT {
  private static final int MESSAGES = 300;
  private static final int ATTEMPTS = 2;
  private static final int DEATHS = 2 + ATTEMPTS;
  private static final int PARTITIONS = 3;
  private static final int FIRST_OF_ITS_PARTITION = 1;
  private static final int AMONG_OTHERS = MESSAGES / 3;

  private final String name = Servers.uniqueName("lethal");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final List<Path> eventLogs = new ArrayList<>();
  private @Nullable Process worker;

  @Test
  void aMessageThatHaltsItsProcessIsADeadLetterInTheEndAndAllOthersAreDone() throws Exception {
    prepare("{store: redis, key: position, lease: 2s}", AMONG_OTHERS);
    endsAfter(death -> DEATHS);
  }

  @Test
  void withoutAStoreThePositionCountsTheProcessesThatTheMessageAtItHalts() throws Exception {
    prepare("{store: none}", FIRST_OF_ITS_PARTITION);
    endsAfter(death -> DEATHS);
  }

  /** What was counted before an end before which the position still moved does not count. */
  @Test
  void withoutAStoreAMessageIsFoundOnceThePositionIsAtIt() throws Exception {
    prepare("{store: none}", AMONG_OTHERS);
    AtomicLong before = new AtomicLong();
    AtomicInteger moved = new AtomicInteger();
    endsAfter(
        death -> {
          long position = position(AMONG_OTHERS % PARTITIONS);
          if (before.getAndSet(position) != position) {
            moved.set(death);
          }
          return moved.get() + DEATHS;
        });
  }

  @Test
  void withoutAStoreAStreamKnowsWhatItDeliveredToProcessesThatEnded() throws Exception {
    prepareRedis("streams: [" + name + "]", name);
    endsAfter(death -> DEATHS);
  }

  @Test
  void withoutAStoreAShardKnowsWhatItDeliveredToProcessesThatEnded() throws Exception {
    prepareRedis("shards: {prefix: " + name + ", count: 1, lease: 2s}", name + ":0");
    endsAfter(death -> DEATHS);
  }

  /** After each of them says how many it may be at most, as far as is known then. */
  private interface Most {
    int after(int death) throws Exception;
  }

  private void endsAfter(Most most) throws Exception {
    int deaths = 0;
    while (!lives()) {
      deaths++;
      assertThat(deaths).as("processes that it ended").isLessThanOrEqualTo(most.after(deaths));
    }
    assertThat(deaths).isGreaterThanOrEqualTo(DEATHS);
    assertThat(Files.readString(eventLogs.get(deaths))).contains("exhausted=" + ATTEMPTS);

    Process last = worker();
    last.destroy(); // SIGTERM
    assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).isZero();
    Path letters = folder.resolve("letters.txt");
    assertThat(FatJar.run(folder, letters, List.of("dlq", "list", "-o", "json"))).isZero();
    assertThat(Files.readString(letters)).containsOnlyOnce("ended its process");
    verify();
  }

  @AfterEach
  void killWhatStillRuns() {
    if (worker != null) {
      worker.destroyForcibly();
    }
  }

  private long position(int partition) throws Exception {
    KafkaProbe probe = new KafkaProbe(SharedServers.get().kafka());
    return probe.committed(name).getOrDefault(name + "/" + partition, 0L);
  }

  private Process worker() {
    if (worker == null) {
      throw new AssertionError("nothing was started");
    }
    return worker;
  }

  private void prepareRedis(String input, String stream) throws Exception {
    Files.createDirectories(folder);
    String source = "redis: {" + input + ", group: " + name + ", start: earliest}";
    configure(source, "{store: none}", "redis");
    try (Jedis redis = new Jedis(URI.create(SharedServers.get().redis().url()))) {
      for (int i = 0; i < MESSAGES; i++) {
        String body = i == AMONG_OTHERS ? LethalHandler.LETHAL : "good";
        Map<String, String> fields = Map.of("key", "key-" + i % 50, "value", body);
        redis.xadd(stream, StreamEntryID.NEW_ENTRY, fields);
      }
    }
  }

  private void prepare(String idempotency, int lethal) throws Exception {
    Files.createDirectories(folder);
    SharedServers.get().createTopic(name, PARTITIONS);
    SharedServers.get().createTopic(name + ".dlq", 1);
    String source =
        "kafka: {topics: [%1$s], group: %1$s, start: earliest, static-id: %1$s}".formatted(name);
    configure(source, idempotency, "kafka");
    Map<String, Object> settings =
        Map.of("bootstrap.servers", SharedServers.get().kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        String body = i == lethal ? LethalHandler.LETHAL : "good";
        sent.add(producer.send(new ProducerRecord<>(name, i % PARTITIONS, "key-" + i % 50, body)));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  private void configure(String source, String idempotency, String letters) throws Exception {
    FatJar.packPlugin(folder.resolve("plugins/lethal.jar"), LethalHandler.class);
    Files.writeString(folder.resolve("tailrace.yaml"), config(source, idempotency, letters));
  }

  private String config(String source, String idempotency, String letters) {
    return """
        name: %1$s
        instance: worker
        kafka: {bootstrap.servers: "%2$s"}
        redis: {url: "%3$s"}
        pipelines:
          - name: orders
            source: {%7$s}
            order: key
            concurrency: 16
            handler: {java: {class: com.example.effects.LethalHandler, config: {file: "%4$s"}}}
            idempotency: %6$s
            retry: {attempts: %5$d}
            dead-letter: {%8$s: %1$s.dlq}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(
            name,
            SharedServers.get().kafka().bootstrap(),
            SharedServers.get().redis().url(),
            folder.resolve("worker.effects"),
            ATTEMPTS,
            idempotency,
            source,
            letters);
  }

  /** Starts a process; whether it lives until all is done. */
  private boolean lives() throws IOException {
    Path events = folder.resolve("life-" + eventLogs.size() + ".jsonl");
    eventLogs.add(events);
    Path log = folder.resolve("worker.log");
    List<String> arguments =
        List.of("run", "--events", events.toString(), "--report", "report.json");
    Process started = FatJar.start(folder, log, arguments);
    worker = started;
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !started.isAlive() || (isAllDone() && isDead(events)));
    if (!started.isAlive()) {
      assertThat(started.exitValue()).as(Files.readString(log)).isEqualTo(LethalHandler.EXIT_CODE);
    }
    return started.isAlive();
  }

  private boolean isAllDone() throws IOException {
    return Effects.count(folder) >= MESSAGES - 1
        && Effects.read(folder).distinct(name) == MESSAGES - 1;
  }

  private static boolean isDead(Path events) throws IOException {
    return Files.exists(events)
        && Files.readString(events).contains("\"outcome\":\"deadLettered\"");
  }

  private void verify() throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("verify", "--report", "report.json", "--expect", "kills=" + DEATHS));
    for (Path events : eventLogs) {
      arguments.addAll(List.of("--events", events.toString()));
    }
    Path verdict = folder.resolve("verdict.txt");
    int exit = FatJar.run(folder, verdict, arguments);
    assertThat(exit).as(Files.readString(verdict)).isZero();
  }
}
