package dev.tailrace.app;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.RebalanceStorm.Kind;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.SharedServers;
import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import dev.tailrace.verify.Verdicts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The storm of {@link RebalanceStormIT} at length: 300 changes of each kind of group, two million
 * messages in all, {@code mvn verify -Pchaos -Dit.test=RebalanceStormCampaign [-Dchaos.minutes=N]
 * [-Dchaos.seed=S] [-Dchaos.only=KIND] [-Dstorm.changes=N] [-Dstorm.messages=N]
 * [-Dstorm.abreast=N]}: changes and messages are those of each kind, and N kinds are played at a
 * time. Kinds add up in the results.
 */
final class RebalanceStormCampaign {
  private static final Duration EVERY = Duration.ofSeconds(3);
  private static final int CONCURRENCY = 6;
  private static final int MESSAGES = Integer.getInteger("storm.messages", 400_000);
  private static final List<Kind> KINDS =
      Kind.all().stream()
          .filter(kind -> kind.toString().contains(System.getProperty("chaos.only", "")))
          .toList();
  private static final int ABREAST = Math.min(KINDS.size(), Integer.getInteger("storm.abreast", 3));
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);

  /** Of clients that are told nothing. */
  private static final String CLASSIC_HEARTBEAT =
      String.valueOf(
          ConsumerConfig.configDef()
              .defaultValues()
              .get(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG));

  /** What a partition may go without an owner, beside one heartbeat or a restart. */
  private static final Duration DYNAMIC = Duration.ofSeconds(2);

  private static final Duration STATIC = Duration.ofSeconds(1);

  private static final Map<Duration, String> LENGTHS = lengths();

  private final KafkaBroker broker = SharedServers.get().kafka();
  private final Map<Kind, RebalanceStorm> storms = new ConcurrentHashMap<>();

  @TempDir private Path folder;

  private static Map<Duration, String> lengths() {
    Map<Duration, String> lengths = new LinkedHashMap<>();
    lengths.put(Duration.ofMillis(100), "to 0.1 s");
    lengths.put(Duration.ofMillis(300), "to 0.3 s");
    lengths.put(Duration.ofSeconds(1), "to 1 s");
    lengths.put(Duration.ofSeconds(2), "to 2 s");
    lengths.put(Duration.ofSeconds(3), "to 3 s");
    lengths.put(Duration.ofSeconds(5), "to 5 s");
    lengths.put(Duration.ofDays(1), "longer");
    return lengths;
  }

  /** As many as were asked for, or as go into the time. */
  private static RebalanceStorm.Size size() {
    int batches = (KINDS.size() + ABREAST - 1) / ABREAST;
    int changes = Integer.getInteger("storm.changes", 300);
    Duration most = EVERY.multipliedBy(changes);
    Duration time = CampaignTime.REBALANCE_STORM.orElse(most.multipliedBy(batches));
    long fitting = Math.max(1, time.dividedBy(batches).dividedBy(EVERY));
    return new RebalanceStorm.Size(
        (int) Math.min(MESSAGES, MESSAGES * fitting / changes),
        (int) Math.min(changes, fitting),
        EVERY,
        CONCURRENCY,
        Duration.ofMillis(Long.parseLong(CLASSIC_HEARTBEAT)));
  }

  @Test
  void inALongStormNothingIsLostNothingIsRepeatedAndNoPartitionIsUnownedForLong() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(ABREAST);
    Map<Kind, Future<JsonObject>> rounds = new LinkedHashMap<>();
    try {
      for (Kind kind : KINDS) {
        rounds.put(kind, threads.submit(() -> play(kind)));
      }
      long begin = System.nanoTime();
      for (Future<JsonObject> round : rounds.values()) {
        await(round, begin);
      }
    } finally {
      threads.shutdownNow();
    }

    for (Future<JsonObject> round : rounds.values()) {
      JsonObject row = round.get();
      assertThat(row.getLong("lost")).as(row.encode()).isZero();
      assertThat(row.getLong("repeated")).as(row.encode()).isZero();
      assertThat(row.getLong("beyondTheBound")).as(row.encode()).isZero();
    }
  }

  /** Ends with the round, well or not. */
  private void await(Future<JsonObject> round, long begin) throws InterruptedException {
    while (true) {
      try {
        round.get(10, SECONDS);
        return;
      } catch (ExecutionException failed) {
        tell("failed: " + failed.getCause());
        return;
      } catch (TimeoutException goesOn) {
        long seconds = NANOSECONDS.toSeconds(System.nanoTime() - begin);
        storms.forEach(
            (kind, storm) ->
                tell(
                    "%d s: %s: %d of %d changes, %d of %d messages"
                        .formatted(
                            seconds,
                            kind,
                            storm.changes(),
                            size().changes(),
                            storm.done(),
                            size().messages())));
      }
    }
  }

  private JsonObject play(Kind kind) throws Exception {
    Path own = Files.createDirectory(folder.resolve(kind.toString().replaceAll("\\W+", "-")));
    Verdicts verdicts;
    JsonObject row;
    Map<String, Long> unowned;
    try (RebalanceStorm storm = new RebalanceStorm(kind, size(), broker, own, SEED)) {
      storms.put(kind, storm);
      verdicts = storm.play();
      Handovers handovers = storm.handovers();
      row = row(kind, storm, verdicts, handovers);
      unowned = histogram(kind, handovers);
    } finally {
      storms.remove(kind);
    }
    tell(kind + ": " + row.encode() + ", unowned " + unowned);
    tell(verdicts.toText());
    boolean passed = verdicts.passed();
    ProofResults.merge(
        "rebalances",
        new JsonObject()
            .put("seeds", new JsonArray().add(SEED))
            .put("failures", passed ? new JsonArray() : new JsonArray().add(kind + " of " + SEED))
            .put("kinds", new JsonObject().put(kind.toString(), row))
            .put("unowned", new JsonObject().put(kind.toString(), new JsonObject(copy(unowned)))));
    assertThat(passed).as(kind + ": " + verdicts.toText()).isTrue();
    return row;
  }

  private static Map<String, Object> copy(Map<String, Long> counts) {
    return new LinkedHashMap<>(counts);
  }

  private JsonObject row(Kind kind, RebalanceStorm storm, Verdicts verdicts, Handovers handovers)
      throws Exception {
    Duration bound = kind.statics() ? STATIC : DYNAMIC.plus(heartbeat(kind));
    List<Duration> times = times(kind, handovers);
    Duration longest = times.stream().max(Duration::compareTo).orElse(Duration.ZERO);
    return new JsonObject()
        .put("changes", storm.changes())
        .put("messages", storm.produced())
        .put("lost", storm.produced() - verdicts.totals().finished())
        .put("repeated", verdicts.totals().repeated())
        .put("handovers", handovers.all().size())
        .put("twoOwners", handovers.overlaps())
        .put("takenFromOthers", handovers.disturbances())
        .put("mostMillisUnowned", longest.toMillis())
        .put("mostMillisAllowed", bound.toMillis())
        .put("beyondTheBound", times.stream().filter(one -> one.compareTo(bound) > 0).count());
  }

  /** Of a static member, which keeps its partitions while it is away, without that time. */
  private static List<Duration> times(Kind kind, Handovers handovers) {
    return handovers.all().stream()
        .map(one -> kind.statics() ? one.beyondRestart() : one.unowned())
        .toList();
  }

  private static Map<String, Long> histogram(Kind kind, Handovers handovers) {
    Map<String, Long> counts = new LinkedHashMap<>();
    LENGTHS.values().forEach(words -> counts.put(words, 0L));
    for (Duration time : times(kind, handovers)) {
      LENGTHS.entrySet().stream()
          .filter(length -> time.compareTo(length.getKey()) <= 0)
          .findFirst()
          .ifPresent(length -> counts.merge(length.getValue(), 1L, Long::sum));
    }
    return counts;
  }

  /** How soon a member learns of a change: the client's setting, or the broker's. */
  private Duration heartbeat(Kind kind) throws Exception {
    String millis = CLASSIC_HEARTBEAT;
    if (kind.protocol().assignor() == null) {
      try (Admin admin = Admin.create(broker.administrator())) {
        String id = admin.describeCluster().nodes().get().iterator().next().idString();
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, id);
        millis =
            admin.describeConfigs(List.of(node)).all().get().values().stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> entry.name().equals("group.consumer.heartbeat.interval.ms"))
                .map(ConfigEntry::value)
                .findFirst()
                .orElseThrow();
      }
    }
    return Duration.ofMillis(Long.parseLong(millis));
  }

  private static void tell(String line) {
    System.out.println("storm: " + line);
  }
}
