package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
  private final List<Life> lives = new ArrayList<>();
  private final Life[] livesNow = new Life[PROCESSES];
  private final Process[] workers = new Process[PROCESSES];

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
    Life life = new Life(folder, lives.size() + 1);
    lives.add(life);
    livesNow[index] = life;
    workers[index] = life.start(config(index), Map.of());
  }

  private void stop(int index) throws InterruptedException, IOException {
    Process worker = workers[index];
    Life life = livesNow[index];
    awaitFirstEvent(life.file("jsonl"));
    worker.destroy(); // SIGTERM
    assertThat(worker.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    assertThat(worker.exitValue()).as(Files.readString(life.file("log"))).isZero();
    assertThat(life.file("report.json")).exists();
  }

  /** Before its first line the JVM is still starting, and the signal would be the JVM's own. */
  private static void awaitFirstEvent(Path events) {
    Awaitility.await(events.toString())
        .atMost(Duration.ofMinutes(1))
        .until(() -> Files.exists(events) && Files.size(events) > 0);
  }

  private void awaitEffects(long number) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(Effects.count(folder)).isGreaterThanOrEqualTo(number));
  }

  private void check() throws IOException, InterruptedException {
    Load.assertDoneOnce(folder, SharedServers.get().redis().url(), name, MESSAGES);
    Life.verify(lives);
    assertThat(lives).hasSize(STOPS + PROCESSES);
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
