package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * An owner of shards that is frozen for longer than its lease and goes on: others have its shards
 * by then, it starts nothing more of them, every key keeps its order, and what it finishes late
 * moves nothing that is not its own.
 */
class FrozenOwnerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHARDS = 4;
  private static final int MESSAGES = 8_000;

  private final String name = Servers.uniqueName("frozen");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final String redis = SharedServers.get().redis().url();
  private final List<Process> workers = new ArrayList<>();

  @Test
  void aFrozenOwnerStartsNothingOfWhatHasPassedOn() throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    start();
    start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> ShardOwners.read(logs()).shares(Set.of(0, 1)).equals(List.of(2, 2)));
    new ShardedLoad(redis, name, new ShardedLoad.Size(SHARDS, 40, MESSAGES, 1)).call();
    awaitEffects(MESSAGES / 8);

    signal("STOP");
    Awaitility.await("the other has all shards")
        .atMost(Duration.ofMinutes(1))
        .until(() -> ShardOwners.read(logs()).shares(Set.of(1)).equals(List.of(SHARDS)));
    long resumed = System.currentTimeMillis();
    signal("CONT");
    awaitEffects(MESSAGES);
    Awaitility.await("it knows that it has lost them")
        .atMost(Duration.ofMinutes(1))
        .until(() -> lost().size() == SHARDS / 2);

    for (Process worker : workers) {
      worker.destroy(); // SIGTERM
      assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).as("exit code, see %s", folder).isZero();
    }
    check(resumed);
  }

  @AfterEach
  void killWhatStillRuns() {
    workers.forEach(Process::destroyForcibly);
  }

  private void check(long resumed) throws Exception {
    Set<String> lost = lost();
    assertThat(events(0))
        .as("started after it went on, under an epoch that had ended")
        .noneMatch(
            event ->
                event.path("ev").asText().equals("started")
                    && event.path("wallMillis").asLong() >= resumed
                    && lost.contains(epoch(event)));
    Effects effects = Effects.read(folder);
    assertThat(effects.distinct(name)).isEqualTo(MESSAGES);
    assertThat(effects.firstOutOfOrder()).isEmpty();
    try (Jedis jedis = new Jedis(URI.create(redis))) {
      for (int i = 0; i < SHARDS; i++) {
        assertThat(jedis.xinfoGroup(name + ":" + i))
            .singleElement()
            .satisfies(group -> assertThat(group.getPending()).as("pending").isZero())
            .satisfies(group -> assertThat(group.getConsumers()).as("consumers").isZero());
      }
    }
    Path verdict = folder.resolve("verdict.txt");
    List<String> arguments = new ArrayList<>(List.of("verify"));
    logs().forEach(log -> arguments.addAll(List.of("--events", log.toString())));
    int exit = FatJar.run(folder, verdict, arguments);
    assertThat(exit).as(Files.readString(verdict)).isZero();
  }

  private Set<String> lost() throws IOException {
    Set<String> lost = new HashSet<>();
    for (JsonNode event : events(0)) {
      if (event.path("ev").asText().equals("lost")) {
        lost.add(epoch(event));
      }
    }
    return lost;
  }

  private static String epoch(JsonNode event) {
    return event.path("source").asText() + " " + event.path("epoch").asInt();
  }

  private List<JsonNode> events(int worker) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    String log = Files.readString(logs().get(worker));
    for (String line : log.substring(0, log.lastIndexOf('\n') + 1).lines().toList()) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  private void awaitEffects(long number) {
    Awaitility.await("effects in " + folder)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> Effects.count(folder) >= number && Effects.read(folder).distinct(name) >= number);
  }

  private void signal(String signal) throws IOException, InterruptedException {
    String pid = Long.toString(workers.get(0).pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  private List<Path> logs() {
    return List.of(folder.resolve("worker-0.jsonl"), folder.resolve("worker-1.jsonl"));
  }

  private void start() throws IOException {
    int worker = workers.size();
    Path config = folder.resolve("worker-" + worker + ".yaml");
    Files.writeString(config, config(worker), UTF_8);
    workers.add(
        FatJar.start(
            folder,
            folder.resolve("worker-" + worker + ".log"),
            List.of("run", "-c", config.toString(), "--events", logs().get(worker).toString())));
  }

  private String config(int worker) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        redis: {url: "%4$s"}
        pipelines:
          - name: payments
            source:
              redis: {shards: {prefix: %1$s, count: %5$d, lease: 2s}, group: %1$s, start: earliest}
            order: key
            concurrency: 8
            timeout: 2s
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%6$s"}}}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(
            name,
            worker,
            folder.resolve("plugins"),
            redis,
            SHARDS,
            folder.resolve("worker-" + worker + ".effects"));
  }
}
