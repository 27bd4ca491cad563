package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Headers;
import dev.tailrace.redis.fleet.RedisFleetRegistry;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.redis.store.ClusterScene;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RecordingIntake;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.RedisTierConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.redis.stream.StreamConsumer;
import dev.tailrace.redis.stream.StreamRightsIT;
import dev.tailrace.redis.stream.TierFixture;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBoxContract;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Dead letters on a cluster of three primaries with a replica each; and streams, shards, tiers and
 * fleets there, while slots move and primaries are replaced.
 */
class RedisClusterStreamsIT extends DeadLetterBoxContract {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration CLAIM_IDLE = Duration.ofSeconds(60);

  private final RedisCluster cluster = RedisCluster.shared();
  private final EventLoop loop = new EventLoop();
  private final String name = Servers.uniqueName("cluster");
  private final Sink letters = sink(name + ":dlq");

  @AfterEach
  void close() {
    loop.await(letters::close);
    loop.close();
  }

  @Override
  protected DeadLetterBox make() {
    return new RedisSinkFactory(redis(), name + ":dlq").box(loop.loop());
  }

  @Override
  protected <T> T call(Supplier<Future<T>> turn) {
    return loop.await(turn);
  }

  @Override
  protected void put(List<OutgoingMessage> messages) {
    loop.await(() -> letters.send(messages));
  }

  @Test
  void streamsOfSeveralSlotsAreReadOnceWhileOneOfThemMoves() {
    String moving = "a-" + name + "{" + name + "}"; // has a hash tag of its own
    int slot = HashSlot.of(moving);
    List<String> streams = List.of(moving, name + "-b", name + "-c");
    assertThat(streams.stream().map(HashSlot::of).distinct()).hasSize(3);
    List<Sink> sinks = streams.stream().map(this::sink).toList();
    StreamConsumer consumer = StreamConsumer.finishing(loop, reading(streams, null), "a");
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    send(sinks, 0, 50);

    cluster.beginMove(slot, from, to);
    send(sinks, 50, 100);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    send(sinks, 100, 150);
    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 450);
    cluster.endMove(slot, from, to);
    send(sinks, 150, 200);

    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 600);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    assertThat(origins(consumer)).hasSize(600).doesNotHaveDuplicates();
    assertThat(consumer.alarms()).isEmpty();
    assertThat(consumer.status().connected()).isTrue();
    consumer.drain();
    StreamConsumer next = StreamConsumer.finishing(loop, reading(streams, null), "b");
    send(sinks, 200, 201);
    await().atMost(LIMIT).until(() -> next.accepted().size() >= 3);
    assertThat(next.bodies()).containsOnly("m200");
    next.drain();
    closeAll(sinks);
  }

  @Test
  void streamsShardsAndTiersGoOnAfterAFailover() {
    RedisSourceConfig plain = reading(List.of(name), null);
    Shards twoShards = new Shards(name + "-sharded", 2, Duration.ofSeconds(2));
    RedisSourceConfig sharded = reading(twoShards.names(), twoShards);
    RedisSourceConfig failing = reading(List.of("failing{" + name + "}"), null);
    List<Sink> shards = twoShards.names().stream().map(this::sink).toList();
    List<Sink> stream = List.of(sink(name));
    send(stream, 0, 100);
    send(shards, 0, 50);
    StreamConsumer consumer = StreamConsumer.finishing(loop, plain, "a");
    StreamConsumer owner = StreamConsumer.finishing(loop, sharded, "a");
    Sink tier = putOff(failing, 20);
    StreamConsumer due = StreamConsumer.ofDue(loop, RedisTierConfig.of(failing, "retry"), "a");
    cluster.awaitWhole();
    LocalRedis primary = cluster.owner(HashSlot.of(name)); // of the stream and of the tier

    primary.kill();
    cluster.failOver(primary);
    send(stream, 100, 200);
    send(shards, 50, 100);

    await().atMost(LIMIT).until(() -> new HashSet<>(consumer.bodies()).size() == 200);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    await().atMost(LIMIT).until(() -> new HashSet<>(origins(owner)).size() == 200);
    await().atMost(LIMIT).until(() -> new HashSet<>(due.bodies()).size() == 20);
    consumer.drain();
    owner.drain();
    due.each(Delivery::settle);
    due.drain();
    closeAll(stream);
    closeAll(shards);
    loop.await(tier::close);
    primary.restart();
    cluster.awaitWhole();
  }

  @Test
  void shardsAreHandedOverAlsoWhereTheirSlotHasMoved() {
    Shards four = new Shards(name, 4, Duration.ofSeconds(2));
    RedisSourceConfig sharded = reading(four.names(), four);
    List<Sink> shards = four.names().stream().map(this::sink).toList();
    StreamConsumer a = StreamConsumer.finishing(loop, sharded, "a");
    await().atMost(LIMIT).until(() -> a.assigned().size() == 4);
    send(shards, 0, 25);
    StreamConsumer b = StreamConsumer.finishing(loop, sharded, "b");
    await().atMost(LIMIT).until(() -> a.assigned().size() == 2 && b.assigned().size() == 2);
    int slot = HashSlot.of(a.assigned().get(0).source());
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);

    cluster.beginMove(slot, from, to);
    cluster.endMove(slot, from, to);
    send(shards, 25, 50);
    await().atMost(LIMIT).until(() -> a.accepted().size() + b.accepted().size() >= 200);
    a.drain();
    send(shards, 50, 75);

    await().atMost(LIMIT).until(() -> b.assigned().size() == 4);
    await().atMost(LIMIT).until(() -> a.accepted().size() + b.accepted().size() >= 300);
    List<String> all = Stream.of(a, b).flatMap(each -> origins(each).stream()).toList();
    assertThat(all).hasSize(300).doesNotHaveDuplicates();
    for (String shard : four.names()) {
      List<String> order = Stream.of(a, b).flatMap(each -> bodies(each, shard)).toList();
      assertThat(order)
          .containsExactlyElementsOf(IntStream.range(0, 75).mapToObj(i -> "m" + i).toList());
    }
    b.drain();
    closeAll(shards);
  }

  @Test
  void whoReadsToTheEndReachesItInEverySlot() {
    List<String> streams = List.of(name + "-a", name + "-b", name + "-c");
    List<Sink> sinks = streams.stream().map(this::sink).toList();
    send(sinks, 0, 20);
    RedisSourceConfig all =
        reading(streams, null).withUntil(Until.END).withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);

    StreamConsumer consumer = StreamConsumer.finishing(loop, all, "a");

    await().atMost(LIMIT).until(() -> loop.await(consumer.source()::atEnd));
    assertThat(consumer.accepted()).hasSize(60);
    consumer.drain();
    closeAll(sinks);
  }

  @Test
  void whatIsFinishedIsTrimmedUnderLoadWhileTheSlotMovesAndNothingElse() {
    int slot = HashSlot.of(name);
    List<Sink> stream = List.of(sink(name));
    List<Delivery> kept = new ArrayList<>(); // event loop only
    StreamConsumer consumer =
        new StreamConsumer(
                loop,
                reading(List.of(name), null).withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED),
                "a",
                new RecordingIntake(
                    1_000, each -> keepOrSettle(each, kept, "m500"))) // is pending to the end
            .open();
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    send(stream, 0, 450);

    cluster.beginMove(slot, from, to);
    send(stream, 450, 600);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    send(stream, 600, 750);
    cluster.endMove(slot, from, to);
    send(stream, 750, 1_000);

    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 1_000);
    assertThat(origins(consumer)).hasSize(1_000).doesNotHaveDuplicates();
    try (RedisProbe server = new RedisProbe(loop, to.url())) {
      await().atMost(LIMIT).until(() -> server.length(name) <= 600);
      assertThat(server.length(name))
          .as("what is pending, and all behind it")
          .isGreaterThanOrEqualTo(500);
      loop.run(() -> kept.forEach(Delivery::settle));
      await().atMost(LIMIT).until(() -> server.length(name) <= 100); // less than a block
    }
    assertThat(consumer.alarms()).isEmpty();
    consumer.drain();
    closeAll(stream);
  }

  private static void keepOrSettle(Delivery delivery, List<Delivery> kept, String keep) {
    if (String.valueOf(delivery.message().body()).equals(keep)) {
      kept.add(delivery);
    } else {
      delivery.settle();
    }
  }

  @Test
  void theRightsOfThePageAreEnough() {
    String user = Servers.uniqueName("user");
    cluster.addUser(
        user,
        "secret",
        "~" + name + "* ~tailrace:{" + name + "*",
        StreamRightsIT.ALWAYS,
        StreamRightsIT.STREAMS,
        ClusterScene.RIGHTS);
    List<Sink> stream = List.of(sink(name));
    RedisServers servers = RedisServers.cluster(cluster.urls().subList(0, 2));
    RedisConfig limited = new RedisConfig(servers, user, "secret", Duration.ofSeconds(2));
    RedisSourceConfig config =
        new RedisSourceConfig(
            limited,
            List.of(name),
            "readers",
            RedisSourceConfig.Start.EARLIEST,
            FieldMapping.DEFAULT,
            CLAIM_IDLE);
    StreamConsumer consumer = StreamConsumer.withoutStore(loop, config, "a");
    int slot = HashSlot.of(name);
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);

    cluster.beginMove(slot, from, to);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    send(stream, 0, 10);
    await().atMost(LIMIT).until(() -> consumer.accepted().size() == 10);
    loop.run(consumer.acceptedNow().get(0)::settle);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    cluster.endMove(slot, from, to);

    assertThat(consumer.drain().flushed()).isEqualTo(9);
    closeAll(stream);
  }

  @Test
  void aFleetIsKeptAndGivenOrdersThere() {
    FleetRegistry fleet =
        loop.get(() -> RedisFleetRegistry.in(redis()).registry(loop.loop(), name));
    loop.await(fleet::open);
    FleetOrders orders = fleet.orders();

    assertThat(loop.await(() -> fleet.keep("a", "running", LONG)).isOk()).isTrue();
    assertThat(loop.await(() -> orders.lead(why -> {}))).isEqualTo(Reply.ok(""));
    assertThat(loop.await(() -> orders.give("a", "drain", LONG, true)))
        .isEqualTo(Reply.ok(FleetOrders.Answer.GIVEN));
    Reply<List<FleetOrders.Waiting>> waiting = loop.await(() -> orders.take("a"));
    loop.await(() -> fleet.leave("a", "well", LONG));

    assertThat(((Reply.Ok<List<FleetOrders.Waiting>>) waiting).value())
        .extracting(FleetOrders.Waiting::text)
        .containsExactly("drain");
    assertThat(loop.await(fleet::members)).isEqualTo(Reply.ok(List.of()));
    assertThat(loop.await(() -> fleet.lastWords("a"))).isEqualTo(Reply.ok("well"));
    loop.await(fleet::close);
  }

  /** Reads so many entries of a stream, and has them wait for longer than a failover takes. */
  private Sink putOff(RedisSourceConfig source, int messages) {
    List<Sink> entries = List.of(sink(source.streams().get(0)));
    send(entries, 0, messages);
    closeAll(entries);
    StreamConsumer failing = StreamConsumer.holding(loop, source, "a");
    await().atMost(LIMIT).until(() -> failing.accepted().size() == messages);
    Sink tier = loop.get(() -> new RedisTierFactory(source, "retry").sink(loop.loop()));
    loop.await(tier::open);
    List<OutgoingMessage> later =
        failing.accepted().stream()
            .map(held -> TierFixture.later(held, Duration.ofSeconds(5)))
            .toList();
    assertThat(loop.await(() -> tier.send(later))).allMatch(Reply::isOk);
    failing.die();
    return tier;
  }

  private static List<String> origins(StreamConsumer consumer) {
    return consumer.accepted().stream().map(held -> held.message().origin().toString()).toList();
  }

  private static Stream<String> bodies(StreamConsumer consumer, String stream) {
    return consumer.accepted().stream()
        .filter(held -> held.message().origin().source().equals(stream))
        .map(held -> String.valueOf(held.message().body()));
  }

  private RedisConfig redis() {
    RedisServers servers = RedisServers.cluster(cluster.urls().subList(0, 2));
    return new RedisConfig(servers, null, null, Duration.ofSeconds(2));
  }

  private RedisSourceConfig reading(List<String> streams, @Nullable Shards shards) {
    return new RedisSourceConfig(
        redis(),
        streams,
        "readers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        CLAIM_IDLE,
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }

  private Sink sink(String stream) {
    Sink sink = loop.get(() -> new RedisSinkFactory(redis(), stream).sink(loop.loop()));
    loop.await(sink::open);
    return sink;
  }

  private void closeAll(List<Sink> sinks) {
    sinks.forEach(sink -> loop.await(sink::close));
  }

  /** Each to each of them, until it is confirmed. */
  private void send(List<Sink> sinks, int from, int to) {
    for (int i = from; i < to; i++) {
      OutgoingMessage message = new OutgoingMessage(null, Buffer.buffer("m" + i), Headers.empty());
      for (Sink sink : sinks) {
        await()
            .atMost(LIMIT)
            .pollDelay(Duration.ZERO)
            .until(() -> loop.await(() -> sink.send(List.of(message))).get(0).isOk());
      }
    }
  }
}
