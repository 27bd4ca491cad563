package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.PoolStatus.PipelineStatus;
import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.KeyHash;
import dev.tailrace.observe.MeterSnapshot.PartitionNumbers;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handler that takes ten times as long as the client allows between two polls. */
final class SlowHandlerIT {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final int PARTITIONS = 2;
  private static final int CHUNK = 500;
  private static final int WINDOW = 2_000;
  private static final int KEYS = 200;
  private static final int WARM = 500;

  /**
   * A machine may be busy elsewhere in one, and favour one of the two; a handler is slow in all.
   */
  private static final int WINDOWS = 2;

  private static final int STEADY = 38_000;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("slow");
  private final Vertx vertx = Vertx.vertx();
  private final Moves events = new Moves();
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private final Promise<Outcome> slow = Promise.promise();
  private volatile String held = "";
  private volatile String heldKeyHash = "";
  private final Map<String, Integer> steady = new ConcurrentHashMap<>(); // by partition

  @AfterEach
  void closeVertx() throws Exception {
    slow.tryComplete(Outcome.done());
    Results.result(vertx.close());
  }

  /** Which partitions came and went. */
  private static final class Moves implements PoolEvents {
    private final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void assigned(String pipeline, String source, int epoch, String position) {
      told.add("assigned " + source);
    }

    @Override
    public void lost(String pipeline, String source, int epoch) {
      told.add("lost " + source);
    }

    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      told.add("alarm " + kind.label() + " " + detail);
    }
  }

  private Future<Outcome> handle(Message message) {
    synchronized (slow) {
      if (held.isEmpty()) {
        held = message.origin().toString();
        heldKeyHash = KeyHash.of(message.key());
        return slow.future();
      }
    }
    done.add(message.origin().toString());
    return Future.succeededFuture(Outcome.done());
  }

  private KafkaSourceConfig source(String name) {
    KafkaClientConfig client =
        KafkaClientConfig.of(servers.kafka().bootstrap())
            .with("max.poll.interval.ms", "" + POLL_INTERVAL.toMillis());
    Membership membership = Membership.of(name).withRevokeDeadline(POLL_INTERVAL.dividedBy(4));
    return KafkaSourceConfig.of(servers.kafka().bootstrap(), name, name)
        .withMembership(membership)
        .withClient(client);
  }

  private Tailrace pool() {
    return Tailrace.builder(vertx)
        .events(events)
        .add(
            Pipeline.named("orders")
                .source(source(topic).withWindow(WINDOW))
                .handle((message, context) -> handle(message))
                .build())
        .build();
  }

  /** Handlers that all take the same time, so that permits bound the rate and not the machine. */
  private Pipeline steady(String name, boolean slowly) {
    return Pipeline.named(name)
        .source(source(name))
        .limits(new PipelineLimits(64, 1_024, 64 << 20, 512))
        .handle(
            (message, context) -> {
              if (slowly && steady.getOrDefault(message.origin().source(), 0) >= WARM) {
                synchronized (slow) {
                  if (held.isEmpty()) {
                    held = message.origin().source();
                    return slow.future();
                  }
                }
              }
              return vertx
                  .timer(100, TimeUnit.MILLISECONDS)
                  .map(
                      over -> {
                        steady.merge(message.origin().source(), 1, Integer::sum);
                        return Outcome.done();
                      });
            })
        .build();
  }

  /** Of the partitions' throughputs, as parts of those of their twins. */
  private double leastShare(Map<String, Integer> before, Map<String, Integer> after, String twin) {
    double least = Double.MAX_VALUE;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      double with = between(before, after, topic + "/" + partition);
      double without = between(before, after, twin + "/" + partition);
      least = Math.min(least, with / without);
    }
    return least;
  }

  private static int between(
      Map<String, Integer> before, Map<String, Integer> after, String partition) {
    return after.getOrDefault(partition, 0) - before.getOrDefault(partition, 0);
  }

  @Test
  void eachPartitionKeepsNineTenthsOfTheThroughputThatItHasInAPipelineWithoutIt() throws Exception {
    String twin = topic + "-twin";
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    for (String name : List.of(topic, twin)) {
      servers.createTopic(name, PARTITIONS);
      kafka.produce(name, 0, STEADY, KEYS);
    }
    Tailrace pool =
        Results.result(
            Tailrace.builder(vertx)
                .add(steady(topic, true))
                .add(steady(twin, false))
                .build()
                .start());
    await().atMost(PATIENCE).until(() -> !held.isEmpty());

    double least = 0;
    String seen = "";
    for (int window = 0; window < WINDOWS && least < 0.9; window++) {
      Map<String, Integer> before = Map.copyOf(steady);
      long until = System.nanoTime() + POLL_INTERVAL.multipliedBy(10).toNanos();
      await().atMost(PATIENCE).until(() -> System.nanoTime() - until >= 0);
      Map<String, Integer> after = Map.copyOf(steady);

      assertThat(after.values().stream().mapToInt(Integer::intValue).sum())
          .as("there was work for both all the time")
          .isLessThan(2 * STEADY - 2 * CHUNK);
      least = leastShare(before, after, twin);
      seen += " from " + before + " to " + after;
    }
    assertThat(least).as("%s holds the mark: %s", held, seen).isGreaterThanOrEqualTo(0.9);
    slow.complete(Outcome.done());
    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();
  }

  @Test
  void itIsNotEvictedNorCommittedPastAlsoWhenItsWindowIsFullAndAllElseGoesOn() throws Exception {
    servers.createTopic(topic, PARTITIONS);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    kafka.produce(topic, 0, CHUNK, CHUNK);
    Tailrace pool = Results.result(pool().start());
    await().atMost(PATIENCE).until(() -> done.size() >= CHUNK - 1);

    long until = System.nanoTime() + POLL_INTERVAL.multipliedBy(10).toNanos();
    int produced = CHUNK;
    while (System.nanoTime() - until < 0 || produced < 4 * WINDOW) {
      int before = done.size();
      kafka.produce(topic, produced, CHUNK, produced + CHUNK);
      produced += CHUNK;
      // While there is room in the window all goes on, and then the other partition.
      int expected = produced < WINDOW ? produced - 1 : before + CHUNK / 3;
      await()
          .pollDelay(Duration.ofMillis(200))
          .atMost(PATIENCE)
          .until(() -> done.size() >= expected);
    }

    assertNamed(pool, kafka);

    slow.complete(Outcome.done());
    int all = produced;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        kafka.committed(topic).values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(all));
    assertThat(events.told)
        .as("never moved")
        .filteredOn(told -> !told.startsWith("alarm"))
        .containsExactlyInAnyOrder("assigned " + topic + "/0", "assigned " + topic + "/1");
    assertThat(done).hasSize(all - 1);
    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();
  }

  /** In the status, its JSON, the numbers of the metrics, and what is logged. */
  private void assertNamed(Tailrace pool, KafkaProbe kafka) throws Exception {
    String partition = held.substring(0, held.indexOf('@'));
    long position = Long.parseLong(held.substring(held.indexOf('@') + 1));
    PipelineStatus status = Results.result(pool.status()).pipelines().get(0);
    PartitionStatus stalled =
        status.sources().stream()
            .filter(source -> source.source().equals(partition))
            .findFirst()
            .orElseThrow();
    assertThat(stalled.committed()).isEqualTo(Long.toString(position));
    assertThat(stalled.gap()).isEqualTo(WINDOW - 1);
    assertThat(stalled.gapAgeMillis()).isGreaterThan(POLL_INTERVAL.multipliedBy(9).toMillis());
    assertThat(stalled.holder()).isEqualTo(new MarkHolder(Long.toString(position), heldKeyHash));
    assertThat(status.oldest()).isNotNull();
    assertThat(status.oldest().source()).isEqualTo(partition);
    assertThat(status.oldest().position()).isEqualTo(Long.toString(position));
    assertThat(Results.result(pool.status()).meterSnapshot().partitions())
        .filteredOn(numbers -> numbers.source().equals(partition))
        .extracting(PartitionNumbers::gap)
        .containsExactly((long) WINDOW - 1);
    assertThat(kafka.committed(topic)).containsEntry(partition, position);
    assertShown(shown(pool, partition), position);
    assertThat(shown(pool, partition).getLong("gapAgeMillis"))
        .isGreaterThanOrEqualTo(stalled.gapAgeMillis());
  }

  private static JsonObject shown(Tailrace pool, String partition) throws Exception {
    JsonObject status = Results.result(pool.status()).toJson();
    return status.getJsonArray("pipelines").getJsonObject(0).getJsonArray("sources").stream()
        .map(JsonObject.class::cast)
        .filter(source -> source.getString("source").equals(partition))
        .findFirst()
        .orElseThrow();
  }

  private void assertShown(JsonObject shown, long position) {
    assertThat(shown.getJsonObject("gapHolder"))
        .isEqualTo(new JsonObject().put("position", "" + position).put("keyHash", heldKeyHash));
    assertThat(shown.getLong("gap")).isEqualTo(WINDOW - 1);
    assertThat(events.told)
        .as("named once in the log, when the window is full")
        .filteredOn(told -> told.startsWith("alarm window_full"))
        .singleElement()
        .asString()
        .startsWith(
            "alarm window_full %s, key hash %s, has held the mark for"
                .formatted(held, heldKeyHash));
  }
}
