package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.StreamEntry;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Two processes of the fat jar on a Redis cluster, with a stream in shards and two plain ones in
 * slots of their own: under load a slot moves, a primary is killed, or stands still, and its
 * replica takes its place, and one of the two is stopped. What the cluster still holds is done,
 * what is repeated is in a named window, as the checker sees it, and the order of every key is
 * kept. Dead letters are listed and replayed.
 */
class ClusterStreamsIT {
  private static final int SHARDS = 4;
  private static final int KEYS = 40;

  /** What each process has beside shards: two streams with a tier of each, and one without. */
  private static final int OTHERS = 5;

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final RedisCluster cluster = RedisCluster.shared();
  private final String name = Servers.uniqueName("cluster-streams");
  private final Path folder = Path.of("target", name).toAbsolutePath(); // kept, to be looked at
  private final List<String> plain = List.of(name + "-a", name + "-b");
  private final String mortal = name + "-mortal"; // whose messages die of their first failure
  private final List<String> shards =
      IntStream.range(0, SHARDS).mapToObj(shard -> name + ":" + shard).toList();
  private final Load load = new Load();
  private final List<Life> lives = new ArrayList<>();
  private final Map<Integer, Process> living = new TreeMap<>();

  @Test
  void whatAClusterStillHoldsIsDoneAndWhatIsRepeatedIsInANamedWindow() throws Exception {
    Thread producer = begin();
    load.awaitMore(600);

    moveSlotOf(plain.get(0));
    moveSlotOf(shards.get(0));
    LocalRedis primary = cluster.owner(JedisClusterCRC16.getSlot(plain.get(1)));
    primary.kill();
    cluster.failOver(primary);
    load.awaitMore(600);
    stop(0);
    awaitShares(4 + OTHERS);
    load.awaitMore(300);
    load.ended = true;
    producer.join();
    awaitAllDone();
    theDeadAreListedAndComeBack();
    stop(1);

    check();
    primary.restart();
    cluster.awaitWhole();
  }

  @Test
  void aPrimaryThatStandsStillIsReplacedAndWhatItHasInHandWhenItGoesOnChangesNothing()
      throws Exception {
    Thread producer = begin();
    load.awaitMore(300);
    LocalRedis primary = cluster.owner(JedisClusterCRC16.getSlot(plain.get(1)));
    cluster.patience(Duration.ofSeconds(2));

    primary.pause();
    try {
      cluster.awaitReplaced(primary);
      load.awaitMore(300);
    } finally {
      primary.resume();
    }
    load.awaitMore(300);
    cluster.awaitWhole();
    cluster.patience(RedisCluster.PATIENCE);
    load.awaitMore(100);
    load.ended = true;
    producer.join();
    awaitAllDone();
    stop(0);
    stop(1);

    check();
  }

  /** Two processes that have their shares, and load on all streams. */
  private Thread begin() throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    start();
    start();
    awaitShares(2 + OTHERS, 2 + OTHERS);
    Thread producer = new Thread(load, "load");
    producer.start();
    return producer;
  }

  /** Whatever failed, nothing of the run stays behind. */
  @AfterEach
  void endWhatStillRuns() {
    load.ended = true;
    living.values().forEach(Process::destroyForcibly);
  }

  private void moveSlotOf(String stream) {
    int slot = JedisClusterCRC16.getSlot(stream);
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    cluster.beginMove(slot, from, to);
    load.awaitMore(100);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    load.awaitMore(200);
    cluster.endMove(slot, from, to);
    load.awaitMore(100);
  }

  private void start() throws IOException {
    Life life = new Life(folder, lives.size());
    lives.add(life);
    living.put(life.number(), life.start(config(life), Map.of()));
  }

  private void stop(int life) throws InterruptedException {
    Process worker = living.remove(life);
    assertThat(worker).isNotNull();
    worker.destroy(); // SIGTERM
    assertThat(worker.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    assertThat(worker.exitValue()).as("exit code of life %d in %s", life, folder).isZero();
  }

  private void awaitShares(Integer... shares) {
    List<Path> logs = lives.stream().map(life -> life.file("jsonl")).toList();
    Awaitility.await("shares " + List.of(shares) + " in " + folder)
        .atMost(LIMIT)
        .until(() -> ShardOwners.read(logs).shares(living.keySet()).equals(List.of(shares)));
  }

  private void awaitAllDone() {
    Awaitility.await("effects in " + folder)
        .atMost(LIMIT)
        .until(() -> pending() == 0 && done().containsAll(held(streams())) && letters() > 0);
  }

  /** A replay gives each a place at the end of its stream, where it is another message. */
  private void theDeadAreListedAndComeBack() throws Exception {
    long letters = letters();
    long lost = dead() - letters; // with the primary, if any
    int before = held(List.of(mortal)).size();
    assertThat(command("list").replaceAll("\\s", "")).contains("\"letters\":" + letters);

    assertThat(command("replay")).contains("\"complete\"");

    assertThat(held(List.of(mortal))).hasSize(Math.toIntExact(before + letters));
    Awaitility.await("what was replayed, in " + folder)
        .atMost(LIMIT)
        .until(() -> pending() == 0 && dead() - letters() == lost);
  }

  private String command(String what) throws Exception {
    Path out = folder.resolve("dlq-" + what + ".json");
    String config = lives.get(1).file("yaml").toString();
    int exit = FatJar.run(folder, out, List.of("dlq", what, "-c", config, "-o", "json"));
    assertThat(exit).as(Files.readString(out)).isZero();
    return Files.readString(out);
  }

  /** How many messages have not been done, once nothing is pending. */
  private long dead() throws IOException {
    Set<String> held = held(List.of(mortal));
    held.removeAll(done());
    return held.size();
  }

  private long letters() {
    try (JedisCluster redis = redis()) {
      return redis.xlen(name + "-dlq");
    }
  }

  /** All entries that these streams have. */
  private Set<String> held(List<String> of) {
    Set<String> held = new HashSet<>();
    try (JedisCluster redis = redis()) {
      for (String stream : of) {
        List<StreamEntry> entries = redis.xrange(stream, (StreamEntryID) null, null, 1_000_000);
        entries.forEach(entry -> held.add(stream + "@" + entry.getID()));
      }
    }
    return held;
  }

  private Set<String> done() throws IOException {
    Set<String> done = new HashSet<>();
    for (Life life : lives) {
      for (String ending : List.of("effects", "unordered", "mortal")) {
        Path file = life.file(ending);
        if (Files.exists(file)) {
          try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(line -> done.add(line.substring(0, line.indexOf(' '))));
          }
        }
      }
    }
    return done;
  }

  private long pending() {
    try (JedisCluster redis = redis()) {
      return Stream.concat(streams().stream(), Stream.of(mortal))
          .mapToLong(stream -> redis.xpending(stream, name, null, null, 10, null).size())
          .sum();
    }
  }

  private void check() throws Exception {
    assertThat(Effects.read(folder).firstOutOfOrder()).as("out of order").isEmpty();
    assertThat(lives).allMatch(life -> Files.exists(life.file("report.json")));
    Life.verify(lives);
  }

  private List<String> streams() {
    return Stream.concat(plain.stream(), shards.stream()).toList();
  }

  private JedisCluster redis() {
    Set<HostAndPort> servers = new HashSet<>();
    for (String url : cluster.urls()) {
      servers.add(HostAndPort.from(url.substring(url.lastIndexOf("/") + 1)));
    }
    return new JedisCluster(servers, 2_000);
  }

  private String config(Life life) {
    return """
        name: %1$s
        instance: worker-%2$d
        plugins: [%3$s]
        redis: {cluster: {urls: %4$s}}
        pipelines:
          - name: sharded
            source:
              redis: {shards: {prefix: "%1$s", count: %5$d, lease: 3s}, group: %1$s, start: earliest}
            order: key
            timeout: 2s
            idempotency: {store: redis, key: position}
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%6$s"}}}
          - name: unordered
            source: {redis: {streams: %7$s, group: %1$s, start: earliest, claim-idle: 6s}}
            order: unordered
            timeout: 2s
            idempotency: {store: redis, key: position}
            retry: {attempts: 3, backoff: 50ms, retry-topics: [1s]}
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%8$s"}}}
          - name: mortal
            source: {redis: {streams: ["%9$s"], group: %1$s, start: earliest, claim-idle: 6s}}
            order: unordered
            timeout: 2s
            idempotency: {store: redis, key: position}
            retry: {attempts: 1}
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: "%10$s"}}}
            dead-letter: {redis: "%1$s-dlq"}
        admin: {port: 0}
        probes: {port: 0}
        """
        .formatted(
            name,
            life.number(),
            folder.resolve("plugins"),
            quoted(cluster.urls().subList(0, 2)),
            SHARDS,
            life.file("effects"),
            quoted(plain),
            life.file("unordered"),
            mortal,
            life.file("mortal"));
  }

  private static List<String> quoted(List<String> texts) {
    return texts.stream().map(text -> '"' + text + '"').toList();
  }

  /** Entries to all streams, each until it is confirmed. */
  private final class Load implements Runnable {
    private volatile boolean ended;
    private final AtomicInteger added = new AtomicInteger();

    @Override
    public void run() {
      try (JedisCluster redis = redis()) {
        while (!ended) {
          int key = added.get() % KEYS;
          try {
            add(redis, shards.get(key % SHARDS), Map.of("key", "k" + key, "value", "x"));
            add(redis, plain.get(key % plain.size()), Map.of("value", "x"));
            add(redis, mortal, Map.of("value", "x"));
            added.incrementAndGet();
          } catch (RuntimeException away) {
            // another try, or another server, may do
          }
        }
      }
    }

    private void add(JedisCluster redis, String stream, Map<String, String> fields) {
      redis.xadd(stream, StreamEntryID.NEW_ENTRY, fields);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }

    void awaitMore(int number) {
      int enough = added.get() + number;
      Awaitility.await().atMost(LIMIT).until(() -> added.get() >= enough);
    }
  }
}
