package dev.tailrace.fleet;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamConsumersInfo;

/**
 * Three processes of the fat jar read 100,000 entries of a stream, while one of them is killed
 * every three seconds and another one stopped, each followed by one of a new name: nothing is lost,
 * what is repeated was in the hands of one that was killed, nothing stays pending, and no name
 * stays behind.
 */
class StreamKillsIT {
  private static final int MESSAGES = Integer.getInteger("streams.messages", 100_000);
  private static final long SECONDS = Long.getLong("streams.seconds", 24);
  private static final Duration BETWEEN = Duration.ofMillis(1_500);
  private static final int PROCESSES = 3;

  private final String name = Servers.uniqueName("stream-kills");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final String redis = SharedServers.get().redis().url();
  private final Random random = new Random(20_261_122);

  private final Map<Integer, Process> living = new TreeMap<>(); // by the number of their life
  private final Set<Integer> killed = new HashSet<>();
  private final List<Integer> stopped = new ArrayList<>();
  private int lives;

  @Test
  void killsAndStopsLoseNothingAndRepeatOnlyWhatAKilledOneHeld() throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    for (int i = 0; i < PROCESSES; i++) {
      start();
    }
    awaitEffects(0, PROCESSES);
    FutureTask<@Nullable Void> load =
        new FutureTask<>(
            new ShardedLoad(redis, name, new ShardedLoad.Size(1, 500, MESSAGES, SECONDS)));
    new Thread(load, "load").start();
    for (boolean kill = true; !load.isDone() || !hasSeenEnough(); kill = !kill) {
      pause();
      end(kill);
      while (living.size() < PROCESSES) {
        start();
      }
    }
    load.get();
    awaitEffects(MESSAGES, 0);
    awaitOnlyTheLiving();
    for (int life : List.copyOf(living.keySet())) {
      stop(life);
    }
    check();
  }

  @AfterEach
  void killWhatStillRuns() {
    living.values().forEach(Process::destroyForcibly);
  }

  /** On a slow machine the entries may be read before. */
  private boolean hasSeenEnough() {
    return killed.size() > 2 && stopped.size() > 2;
  }

  private void check() throws Exception {
    Map<String, List<Integer>> effects = effects();
    assertThat(effects).as("done").hasSize(MESSAGES);
    assertThat(effects.values())
        .as("repeated, and no life of it was killed")
        .allMatch(by -> by.size() == 1 || by.stream().anyMatch(killed::contains));
    try (Jedis jedis = new Jedis(URI.create(redis))) {
      assertThat(jedis.xinfoGroup(name + ":0"))
          .singleElement()
          .satisfies(group -> assertThat(group.getPending()).as("pending").isZero())
          .satisfies(group -> assertThat(group.getConsumers()).as("consumers").isZero());
    }
    assertThat(stopped).allMatch(life -> Files.exists(file(life, "report.json")));
    Life.verify(IntStream.range(0, lives).mapToObj(life -> new Life(folder, life)).toList());
  }

  /** Which lives had an effect of each message. */
  private Map<String, List<Integer>> effects() throws IOException {
    Map<String, List<Integer>> effects = new TreeMap<>();
    for (int life = 0; life < lives; life++) {
      Path file = file(life, "effects");
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          String message = line.substring(0, line.indexOf(' '));
          effects.computeIfAbsent(message, first -> new ArrayList<>()).add(life);
        }
      }
    }
    return effects;
  }

  /** Kills or stops one that works, and has not just been started. */
  private void end(boolean kill) throws Exception {
    List<Integer> working = new ArrayList<>();
    for (int life : living.keySet()) {
      if (Files.exists(file(life, "effects"))) {
        working.add(life);
      }
    }
    if (working.isEmpty()) {
      return;
    }
    int life = working.get(random.nextInt(working.size()));
    if (kill) {
      Process worker = living.remove(life);
      assertThat(worker).isNotNull();
      killed.add(life);
      worker.destroyForcibly(); // SIGKILL
      worker.waitFor();
    } else {
      stop(life);
    }
  }

  private void stop(int life) throws InterruptedException {
    Process worker = living.remove(life);
    assertThat(worker).isNotNull();
    worker.destroy(); // SIGTERM
    assertThat(worker.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    assertThat(worker.exitValue()).as("exit code of life %d in %s", life, folder).isZero();
    stopped.add(life);
  }

  private void pause() {
    long end = System.nanoTime() + BETWEEN.toNanos();
    Awaitility.await().until(() -> System.nanoTime() - end > 0);
  }

  private void awaitEffects(int messages, int workers) {
    Awaitility.await("effects in " + folder)
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> working() >= workers && Effects.count(folder) >= messages && isDone(messages));
  }

  private boolean isDone(int messages) throws IOException {
    return messages == 0 || effects().size() >= messages;
  }

  /** How many have opened their file. */
  private long working() {
    return living.keySet().stream().filter(life -> Files.exists(file(life, "effects"))).count();
  }

  private void awaitOnlyTheLiving() {
    Set<String> names = new HashSet<>();
    living.keySet().forEach(life -> names.add("worker-" + life));
    try (Jedis jedis = new Jedis(URI.create(redis))) {
      Awaitility.await("the names of the killed are gone")
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  names.containsAll(
                      jedis.xinfoConsumers(name + ":0", name).stream()
                          .map(StreamConsumersInfo::getName)
                          .toList()));
    }
  }

  private Path file(int life, String ending) {
    return new Life(folder, life).file(ending);
  }

  private void start() throws IOException {
    int life = lives++;
    living.put(life, new Life(folder, life).start(config(life), Map.of()));
  }

  private String config(int life) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        redis: {url: "%4$s"}
        pipelines:
          - name: payments
            source:
              redis: {streams: ["%1$s:0"], group: %1$s, start: earliest, claim-idle: 6s}
            order: unordered
            concurrency: 64
            timeout: 2s
            retry: {breaker: 0%%} # what fails at first piles up from one who is stopped to the next
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%5$s"}}}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(name, life, folder.resolve("plugins"), redis, file(life, "effects"));
  }
}
