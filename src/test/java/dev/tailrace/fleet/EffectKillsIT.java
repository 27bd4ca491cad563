package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.effects.CountingHandler;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.runtime.FailPoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Processes of the fat jar whose effects the store carries out with its marks, each killed at
 * another point of a message's way: grade C, each message has exactly one effect.
 */
class EffectKillsIT {
  private static final int MESSAGES = 2_000;
  private static final List<FailPoint> DEATHS =
      List.of(
          FailPoint.BEFORE_CLAIM,
          FailPoint.BEFORE_EFFECT,
          FailPoint.BEFORE_MARK,
          FailPoint.BEFORE_COMMIT);

  /** How often a point is reached before: less than what any of them is given. */
  private static final int EARLIER = 30;

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final String name = Servers.uniqueName("effects");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final String url = SharedServers.get().redis().url();
  private final List<Process> workers = new ArrayList<>();

  @Test
  void whereverAProcessIsKilledEachMessageHasItsEffectOnce() throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), CountingHandler.class);
    new ShardedLoad(url, name, new ShardedLoad.Size(1, 100, MESSAGES, 0)).call();

    for (FailPoint death : DEATHS) {
      start("-Dtailrace.failpoint=" + death.label() + ":" + EARLIER);
    }
    for (Process worker : List.copyOf(workers)) {
      assertThat(worker.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("killed").isTrue();
      assertThat(worker.exitValue()).as("SIGKILL, see %s", folder).isEqualTo(137);
    }
    Process last = start("-Dtailrace.test=none");
    try (Jedis redis = new Jedis(URI.create(url))) {
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                assertThat(redis.hlen(name + ":done")).isEqualTo(MESSAGES);
                assertThat(redis.xinfoGroup(name + ":0"))
                    .singleElement()
                    .satisfies(group -> assertThat(group.getPending()).isZero());
              });
      last.destroy(); // SIGTERM
      assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(last.exitValue()).as("exit code, see %s", folder).isZero();

      assertThat(redis.hvals(name + ":done")).hasSize(MESSAGES).containsOnly("1");
    }
    Life.verify(
        IntStream.range(0, workers.size()).mapToObj(life -> new Life(folder, life)).toList());
  }

  @AfterEach
  void killWhatStillRuns() {
    workers.forEach(Process::destroyForcibly);
  }

  private Process start(String option) throws IOException {
    int life = workers.size();
    Process worker =
        new Life(folder, life).start(config(life), Map.of("JAVA_TOOL_OPTIONS", option));
    workers.add(worker);
    return worker;
  }

  private String config(int life) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        redis: {url: "%4$s"}
        pipelines:
          - name: payments
            source: {redis: {streams: ["%1$s:0"], group: %1$s, start: earliest, claim-idle: 2s}}
            order: unordered
            concurrency: 16
            buffer: {messages: 64}
            timeout: 1s
            handler: {java: {class: com.example.effects.CountingHandler, config: {hash: "%1$s:done"}}}
            idempotency: {store: redis, key: position, lease: 1s}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(name, life, folder.resolve("plugins"), url);
  }
}
