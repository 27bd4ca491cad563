package dev.tailrace.fleet;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * One process, one pipeline from Kafka and one from Redis, in one pool: one SIGTERM while both are
 * at work is one drain with one report, and whoever comes next finds neither too much nor too
 * little.
 */
class BothSourcesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIRST = 500;
  private static final int MESSAGES = 4_500;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** At once, in the first life: so few that it cannot be done before it is stopped. */
  private static final int SLOWLY = 4;

  private final String name = Servers.uniqueName("both");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private @Nullable Process worker;

  @Test
  void aStopUnderLoadOnBothIsOneDrainThatLosesAndRepeatsNothing() throws Exception {
    Files.createDirectories(folder);
    SharedServers.get().createTopic(name, 6);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    start(1, SLOWLY);
    load(FIRST);
    awaitEffects(1, 1); // both have what they read from
    load(MESSAGES - FIRST);
    awaitEffects(1, FIRST + 100);
    JsonNode report = stop(1);
    assertThat(pipelinesAtWork("drain_begin")).containsExactlyInAnyOrder("orders", "payments");
    assertThat(report.path("result").asText()).isEqualTo("clean");
    JsonNode messages = report.path("messages");
    assertThat(messages.path("bufferedAtStart").asInt()).as("under load").isPositive();
    assertThat(sources(report)).as("of one report").contains(name + "/0", name);

    start(2, 64);
    awaitEffects(2, 1);
    Awaitility.await().atMost(LIMIT).until(() -> Effects.count(folder) >= 2L * MESSAGES);
    stop(2);
    check();
  }

  /** As many to each, at once. */
  private void load(int messages) throws Exception {
    String kafka = SharedServers.get().kafka().bootstrap();
    String redis = SharedServers.get().redis().url();
    new Load(kafka, redis, name, messages, 0).call();
  }

  @AfterEach
  void killWhatStillRuns() {
    if (worker != null) {
      worker.destroyForcibly();
    }
  }

  /** The pipelines of which something was settled after such an event of the first life. */
  private Set<String> pipelinesAtWork(String after) throws IOException {
    Set<String> found = new HashSet<>();
    boolean begun = false;
    for (String line : Files.readAllLines(life(1).file("jsonl"))) {
      JsonNode event = JSON.readTree(line);
      begun |= event.path("ev").asText().equals(after);
      if (begun && event.path("ev").asText().equals("settled")) {
        found.add(event.path("pipeline").asText());
      }
    }
    return found;
  }

  /** What the report says something of. */
  private static Set<String> sources(JsonNode report) {
    Set<String> sources = new HashSet<>();
    report.path("positions").forEach(each -> sources.add(each.path("source").asText()));
    report.path("flushes").forEach(each -> sources.add(each.path("name").asText()));
    return sources;
  }

  private void start(int life, int concurrency) throws IOException {
    worker = life(life).start(config(life, concurrency), Map.of());
  }

  private Life life(int number) {
    return new Life(folder, number);
  }

  private JsonNode stop(int life) throws Exception {
    Process running = worker;
    assertThat(running).isNotNull();
    running.destroy(); // SIGTERM
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    String log = Files.readString(life(life).file("log"));
    assertThat(running.exitValue()).as(log).isZero();
    return JSON.readTree(Files.readString(life(life).file("report.json")));
  }

  /** Until each pipeline of this life has had so many effects. */
  private void awaitEffects(int life, int number) {
    for (String pipeline : List.of("orders", "payments")) {
      Path file = effects(life, pipeline);
      Awaitility.await("effects in " + file)
          .atMost(LIMIT)
          .until(() -> Files.exists(file) && Files.readAllLines(file).size() >= number);
    }
  }

  private Path effects(int life, String pipeline) {
    return folder.resolve(pipeline + "-" + life + ".effects");
  }

  private void check() throws IOException, InterruptedException {
    String url = SharedServers.get().redis().url();
    Load.assertDoneOnce(folder, url, name, MESSAGES);
    try (Jedis redis = new Jedis(URI.create(url))) {
      assertThat(redis.xinfoGroup(name))
          .singleElement()
          .satisfies(group -> assertThat(group.getConsumers()).as("consumers").isZero());
    }
    Life.verify(List.of(life(1), life(2)));
  }

  private String config(int life, int concurrency) {
    return """
        name: %1$s
        instance: worker
        plugins: [%2$s]
        kafka: {bootstrap.servers: "%3$s"}
        redis: {url: "%4$s"}
        pool: {concurrency: %5$d}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            order: key
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%6$s"}}}
          - name: payments
            source: {redis: {streams: [%1$s], group: %1$s, start: earliest}}
            order: unordered
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%7$s"}}}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(
            name,
            folder.resolve("plugins"),
            SharedServers.get().kafka().bootstrap(),
            SharedServers.get().redis().url(),
            concurrency,
            effects(life, "orders"),
            effects(life, "payments"));
  }
}
