package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Three processes of the fat jar, 100,000 messages from Kafka and as many from Redis, ten SIGTERMs
 * each after a random share of the work and with a restart: nothing lost, nothing repeated, every
 * report true.
 */
class RestartsIT {
  private static final int MESSAGES = Integer.getInteger("fleet.messages", 100_000);
  private static final int STOPS = Integer.getInteger("fleet.stops", 10);
  private static final int PROCESSES = 3;

  /** From one stop to the next there is at most so much work, of which all have a share. */
  private static final int STEP = 2 * MESSAGES / STOPS;

  private static final long SEED = Long.getLong("fleet.seed", 20_261_121L);

  private final String name = Servers.uniqueName("fleet");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at

  private final Random random = new Random(SEED);
  private final List<Path> eventLogs = new ArrayList<>();
  private final List<Path> reports = new ArrayList<>();
  private final Process[] workers = new Process[PROCESSES];
  private final Path[] eventsOf = new Path[PROCESSES];
  private final Path[] reportOf = new Path[PROCESSES];
  private int lives;

  @Test
  void tenStopsUnderLoadLoseAndRepeatNothing() throws Exception {
    prepare();
    for (int i = 0; i < PROCESSES; i++) {
      start(i);
    }
    FutureTask<@Nullable Void> load =
        new FutureTask<>(
            new Load(
                SharedServers.get().kafka().bootstrap(),
                SharedServers.get().redis().url(),
                name,
                MESSAGES,
                STOPS * 6L));
    new Thread(load, "load").start();
    long effects = 0;
    for (int i = 0; i < STOPS; i++) {
      effects += STEP / 2 + random.nextInt(STEP / 2);
      awaitEffects(effects);
      int victim = random.nextInt(PROCESSES);
      stop(victim);
      start(victim);
    }
    load.get();
    awaitEffects(2L * MESSAGES);
    for (int i = 0; i < PROCESSES; i++) {
      stop(i);
    }
    check();
  }

  /** Whatever failed, nothing of the run stays behind. */
  @AfterEach
  void killWhatStillRuns() {
    Stream.of(workers).filter(Objects::nonNull).forEach(Process::destroyForcibly);
  }

  private void prepare() throws IOException {
    Files.createDirectories(folder);
    SharedServers.get().createTopic(name, 6);
    SharedServers.get().createTopic(name + ".dlq", 1);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
  }

  private void start(int index) throws IOException {
    lives++;
    Path config = folder.resolve("worker-" + index + ".yaml");
    Files.writeString(config, config(index), UTF_8);
    Path events = folder.resolve("life-" + lives + ".jsonl");
    reportOf[index] = folder.resolve("life-" + lives + ".report.json");
    eventsOf[index] = events;
    eventLogs.add(events);
    workers[index] =
        FatJar.start(
            folder,
            folder.resolve("life-" + lives + ".log"),
            List.of(
                "run",
                "-c",
                config.toString(),
                "--events",
                events.toString(),
                "--report",
                reportOf[index].toString()));
  }

  private void stop(int index) throws InterruptedException, IOException {
    Process worker = workers[index];
    awaitFirstEvent(eventsOf[index]);
    worker.destroy(); // SIGTERM
    assertThat(worker.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    assertThat(worker.exitValue()).as("exit code; see %s", logs(index)).isZero();
    assertThat(reportOf[index]).exists();
    reports.add(reportOf[index]);
  }

  /** Before its first line the JVM is still starting, and the signal would be the JVM's own. */
  private static void awaitFirstEvent(Path events) {
    Awaitility.await(events.toString())
        .atMost(Duration.ofMinutes(1))
        .until(() -> Files.exists(events) && Files.size(events) > 0);
  }

  private String logs(int index) throws IOException {
    Path log = Path.of(reportOf[index].toString().replace(".report.json", ".log"));
    return log + "\n" + Files.readString(log);
  }

  private void awaitEffects(long number) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(Effects.count(folder)).isGreaterThanOrEqualTo(number));
  }

  private void check() throws IOException, InterruptedException {
    Effects effects = Effects.read(folder);
    assertThat(effects.repeated()).as("repeated").isEmpty();
    assertThat(effects.distinct(name + "/")).as("from Kafka").isEqualTo(MESSAGES);
    assertThat(effects.distinct(name)).as("from both").isEqualTo(2L * MESSAGES);
    assertThat(effects.outOfOrder(name + "/")).as("out of order").isEmpty();
    try (Jedis redis = new Jedis(URI.create(SharedServers.get().redis().url()))) {
      assertThat(redis.xinfoGroup(name))
          .singleElement()
          .satisfies(group -> assertThat(group.getPending()).as("pending in Redis").isZero());
    }
    List<String> arguments = new ArrayList<>(List.of("verify"));
    for (Path events : eventLogs) {
      arguments.addAll(List.of("--events", events.toString()));
    }
    for (Path report : reports) {
      arguments.addAll(List.of("--report", report.toString()));
    }
    Path verdict = folder.resolve("verdict.txt");
    int exit = FatJar.run(folder, verdict, arguments);
    assertThat(exit).as(Files.readString(verdict)).isZero();
    assertThat(reports).hasSize(STOPS + PROCESSES);
  }

  private String config(int index) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        kafka: {bootstrap.servers: "%4$s"}
        redis: {url: "%5$s"}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            order: key
            concurrency: 64
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%6$s"}}}
            dead-letter: {kafka: %1$s.dlq}
          - name: payments
            source: {redis: {streams: [%1$s], group: %1$s, start: earliest}}
            order: unordered
            concurrency: 64
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%6$s"}}}
            dead-letter: {redis: "%1$s:dlq"}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(
            name,
            index,
            folder.resolve("plugins"),
            SharedServers.get().kafka().bootstrap(),
            SharedServers.get().redis().url(),
            folder.resolve("worker-" + index + ".effects"));
  }
}
