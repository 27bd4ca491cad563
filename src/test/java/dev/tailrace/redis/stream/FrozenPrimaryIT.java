package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Until;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A primary of a cluster stands still, or is gone, and nobody takes its place: what the source does
 * with the streams of the other servers goes on.
 */
class FrozenPrimaryIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final RedisCluster cluster = RedisCluster.shared();
  private final EventLoop loop = new EventLoop();
  private final String frozen = Servers.uniqueName("frozen");
  private final LocalRedis primary = cluster.owner(HashSlot.of(frozen));
  private final String other = elsewhere(Servers.uniqueName("other"));
  private final RedisProbe probe = at(other);

  @BeforeEach
  void makeGroups() {
    try (RedisProbe there = at(frozen)) {
      there.command(Command.XGROUP, "CREATE", frozen, "workers", "0", "MKSTREAM");
    }
    probe.command(Command.XGROUP, "CREATE", other, "workers", "0", "MKSTREAM");
  }

  @AfterEach
  void close() {
    primary.resume();
    probe.close();
    loop.close();
    cluster.awaitWhole();
  }

  @Test
  void aNameThatCannotBeHeldThereKeepsNoOtherStreamFromBeingRead() {
    StreamConsumer consumer =
        StreamConsumer.finishing(loop, reading(TIMEOUT, LONG, frozen, other), "a");
    probe.add(other, "before");
    await().atMost(LIMIT).until(() -> consumer.bodies().equals(List.of("before")));

    primary.pause();
    StreamFixture.pass(Duration.ofSeconds(8)); // longer than the name is ours without a renewal
    probe.add(other, "after");

    await().atMost(LIMIT).until(() -> consumer.bodies().equals(List.of("before", "after")));
    primary.resume();
    consumer.drain();
  }

  @Test
  void acknowledgementsThatItDoesNotAnswerHoldUpNoOthers() {
    try (RedisProbe there = at(frozen)) {
      there.addMany(frozen, 5_000);
    }
    StreamConsumer consumer =
        new StreamConsumer(
                loop, reading(TIMEOUT, LONG, frozen, other), "a", new RecordingIntake(10_000))
            .open();
    await().atMost(LIMIT).until(() -> consumer.accepted().size() == 5_000);

    primary.pause();
    consumer.each(Delivery::settle);
    probe.addMany(other, 10);
    await().atMost(LIMIT).until(() -> consumer.accepted().size() == 5_010);
    consumer.each(Delivery::settle);

    await().atMost(LIMIT).until(() -> probe.pending(other, "workers").isEmpty());
    primary.resume();
    await().atMost(LIMIT).until(() -> consumer.flush().unknown() == 0);
    consumer.drain();
  }

  @Test
  void whatIsInHandOfOtherStreamsIsRenewedMeanwhile() {
    Duration soon = Duration.ofSeconds(4);
    Duration longer = Duration.ofSeconds(6);
    StreamConsumer consumer =
        StreamConsumer.holding(loop, reading(longer, soon, frozen, other), "a");
    try (RedisProbe there = at(frozen)) {
      there.add(frozen, "held");
    }
    probe.add(other, "held");
    await().atMost(LIMIT).until(() -> consumer.bodies().size() == 2);
    StreamConsumer heir = StreamConsumer.holding(loop, reading(longer, soon, other), "b");

    primary.pause();
    StreamFixture.pass(Duration.ofSeconds(9));

    assertThat(heir.bodies()).isEmpty();
    assertThat(consumer.stolen()).isEmpty();
    Response held =
        Objects.requireNonNull(probe.command(Command.XPENDING, other, "workers", "-", "+", "10"));
    assertThat(held.get(0).get(3).toInteger()).as("times that it was given out").isEqualTo(1);
    primary.resume();
    consumer.drain();
    heir.drain();
  }

  @Test
  void whoStopsLeavesTheOtherServersAsItShould() {
    StreamConsumer consumer =
        StreamConsumer.finishing(loop, reading(TIMEOUT, LONG, frozen, other), "a");
    probe.add(other, "x");
    await().atMost(LIMIT).until(() -> probe.consumers(other, "workers").equals(List.of("a")));
    await().atMost(LIMIT).until(() -> consumer.flush().unknown() == 0);
    primary.pause();
    await().atMost(LIMIT).until(() -> consumer.alarms().contains("unreachable"));

    consumer.drain();

    assertThat(probe.consumers(other, "workers")).isEmpty();
    String name = StreamKeys.beside(other, "workers:a");
    assertThat(probe.command(Command.EXISTS, name)).hasToString("0");
  }

  @Test
  void whoStopsGivesItsShardsOnTheOtherServersBack() {
    Shards shards = new Shards(other, 8, Duration.ofMinutes(1));
    List<String> elsewhere = shards.names().stream().filter(name -> !isThere(name)).toList();
    assertThat(elsewhere).hasSizeBetween(1, 7);
    StreamConsumer owner =
        StreamConsumer.finishing(
            loop, reading(TIMEOUT, LONG, shards, shards.names().toArray(String[]::new)), "a");
    await().atMost(LIMIT).until(() -> owner.assigned().size() == 8);
    primary.pause();
    await().atMost(LIMIT).until(() -> owner.alarms().contains("unreachable"));

    owner.drain();

    for (String shard : elsewhere) {
      try (RedisProbe there = at(shard)) {
        String lease = StreamKeys.beside(shard, "workers:owner");
        assertThat(there.command(Command.EXISTS, lease)).as(shard).hasToString("0");
      }
    }
  }

  @Test
  void theShardsOfTheDeadOnOtherServersAreTakenOverMeanwhile() {
    Shards shards = new Shards(other, 8, Duration.ofSeconds(2));
    String[] names = shards.names().toArray(String[]::new);
    Duration longerThanTheTest = Duration.ofMinutes(2);
    StreamConsumer heir =
        StreamConsumer.finishing(loop, reading(longerThanTheTest, LONG, shards, names), "a");
    StreamConsumer dead =
        StreamConsumer.finishing(loop, reading(TIMEOUT, LONG, shards, names), "b");
    await().atMost(LIMIT).until(() -> dead.assigned().size() == 4);
    List<String> elsewhere = shards.names().stream().filter(name -> !isThere(name)).toList();

    primary.kill();
    await().atMost(LIMIT).until(() -> heir.alarms().contains("unreachable"));
    dead.die();

    await()
        .atMost(LIMIT)
        .until(
            () -> heir.assigned().stream().map(Partition::source).toList().containsAll(elsewhere));
    primary.restart();
    heir.drain();
  }

  private RedisProbe at(String stream) {
    return new RedisProbe(loop, cluster.owner(HashSlot.of(stream)).url());
  }

  private boolean isThere(String stream) {
    return cluster.owner(HashSlot.of(stream)) == primary;
  }

  /** A name that begins so, of a stream that another server has, with what is beside its shards. */
  private String elsewhere(String name) {
    return IntStream.iterate(0, number -> number + 1)
        .mapToObj(number -> name + "-" + number)
        .filter(each -> !isThere(each))
        .findFirst()
        .orElseThrow();
  }

  private static RedisSourceConfig reading(
      Duration timeout, Duration claimIdle, String... streams) {
    return reading(timeout, claimIdle, null, streams);
  }

  private static RedisSourceConfig reading(
      Duration timeout, Duration claimIdle, @Nullable Shards shards, String... streams) {
    RedisServers servers = RedisServers.cluster(RedisCluster.shared().urls());
    return new RedisSourceConfig(
        new RedisConfig(servers, null, null, timeout),
        List.of(streams),
        "workers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        claimIdle,
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }
}
