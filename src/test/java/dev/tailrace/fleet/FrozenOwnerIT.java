package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamConsumersInfo;

/**
 * A process that is frozen for longer than what it holds lasts, and goes on: others have it by
 * then, it starts nothing more of it, and what it finishes late moves nothing that is not its own.
 * In shards every key keeps its order, too.
 */
class FrozenOwnerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHARDS = 4;
  private static final int MESSAGES = 8_000;

  /**
   * It may freeze between its look at the clock and the start that follows; one loop starts one.
   */
  private static final int BEING_STARTED = 1;

  private final String name = Servers.uniqueName("frozen");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final String redis = SharedServers.get().redis().url();
  private final List<Process> workers = new ArrayList<>();

  @Test
  void anOwnerOfShardsStartsNothingOfWhatHasPassedOn() throws Exception {
    String source = "shards: {prefix: " + name + ", count: " + SHARDS + ", lease: 2s}";
    run("key", source, () -> ShardOwners.read(logs()).shares(Set.of(1)).equals(List.of(SHARDS)));

    assertThat(Effects.read(folder).firstOutOfOrder()).isEmpty();
  }

  @Test
  void aReaderOfStreamsStartsNothingOfWhatWasTakenOver() throws Exception {
    String source = "streams: ['%1$s:0', '%1$s:1', '%1$s:2', '%1$s:3'], claim-idle: 2s";
    run("unordered", source.formatted(name), () -> pendingFor("worker-0") == 0);
  }

  private void run(String order, String source, Callable<Boolean> passedOn) throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    start(order, source);
    start(order, source);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> logs().stream().allMatch(FrozenOwnerIT::isAssigned));
    new ShardedLoad(redis, name, new ShardedLoad.Size(SHARDS, 40, MESSAGES, 1)).call();
    awaitEffects(MESSAGES / 8);

    signal("STOP");
    assertThat(pendingFor("worker-0")).as("held when it froze").isPositive();
    Awaitility.await("the other has all").atMost(Duration.ofMinutes(1)).until(passedOn);
    long resumed = System.currentTimeMillis();
    signal("CONT");
    awaitEffects(MESSAGES);
    for (Process worker : workers) {
      worker.destroy(); // SIGTERM
      assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).as("exit code, see %s", folder).isZero();
    }
    check(resumed);
  }

  private static boolean isAssigned(Path log) {
    try {
      return Files.exists(log) && Files.readString(log).contains("\"ev\":\"assigned\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many entries are pending for consumers of this instance. */
  private long pendingFor(String instance) {
    long pending = 0;
    try (Jedis jedis = new Jedis(URI.create(redis))) {
      for (int i = 0; i < SHARDS; i++) {
        for (StreamConsumersInfo consumer : jedis.xinfoConsumers(name + ":" + i, name)) {
          pending += consumer.getName().startsWith(instance) ? consumer.getPending() : 0;
        }
      }
    }
    return pending;
  }

  @AfterEach
  void killWhatStillRuns() {
    workers.forEach(Process::destroyForcibly);
  }

  private void check(long resumed) throws Exception {
    Set<String> ofTheOther = new HashSet<>();
    events(1).stream().filter(FrozenOwnerIT::isStart).forEach(event -> ofTheOther.add(at(event)));
    Set<String> held = new HashSet<>(); // before it froze; what it gets again later is its own
    for (JsonNode event : events(0)) {
      if (event.path("ev").asText().equals("assigned")
          && event.path("wallMillis").asLong() < resumed) {
        held.add(epoch(event));
      }
    }
    List<JsonNode> late = new ArrayList<>();
    for (JsonNode event : events(0)) {
      if (isStart(event)
          && event.path("wallMillis").asLong() >= resumed
          && held.contains(epoch(event))
          && ofTheOther.contains(at(event))) {
        late.add(event);
      }
    }
    assertThat(late)
        .as("started after it went on, though the other had started it")
        .hasSizeLessThanOrEqualTo(BEING_STARTED);
    Effects effects = Effects.read(folder);
    assertThat(effects.distinct(name)).isEqualTo(MESSAGES);
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

  private static boolean isStart(JsonNode event) {
    return event.path("ev").asText().equals("started");
  }

  private static String epoch(JsonNode event) {
    return event.path("source").asText() + " " + event.path("epoch").asInt();
  }

  private static String at(JsonNode event) {
    return event.path("source").asText() + "@" + event.path("pos").asText();
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

  private void start(String order, String source) throws IOException {
    int worker = workers.size();
    Path config = folder.resolve("worker-" + worker + ".yaml");
    Files.writeString(config, config(worker, order, source), UTF_8);
    workers.add(
        FatJar.start(
            folder,
            folder.resolve("worker-" + worker + ".log"),
            List.of("run", "-c", config.toString(), "--events", logs().get(worker).toString())));
  }

  private String config(int worker, String order, String source) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        redis: {url: "%4$s"}
        pipelines:
          - name: payments
            source: {redis: {%5$s, group: %1$s, start: earliest}}
            order: %7$s
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
            source,
            folder.resolve("worker-" + worker + ".effects"),
            order);
  }
}
