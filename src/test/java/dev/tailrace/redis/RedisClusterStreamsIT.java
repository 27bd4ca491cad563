package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.redis.fleet.RedisFleetRegistry;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.store.ClusterScene;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RecordingIntake;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.redis.stream.StreamConsumer;
import dev.tailrace.redis.stream.StreamRightsIT;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterBoxContract;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Dead letters on a cluster of three primaries with a replica each; and streams, shards, tiers and
 * fleets there, while slots move and primaries are replaced.
 */
class RedisClusterStreamsIT extends DeadLetterBoxContract {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LONG = Duration.ofMinutes(10);

  private final RedisCluster cluster = RedisCluster.shared();
  private final EventLoop loop = new EventLoop();
  private final String name = Servers.uniqueName("cluster");
  private final StreamScene scene = new StreamScene(loop, redis());
  private final Sink letters = scene.sink(name + ":dlq");

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
    List<Sink> sinks = streams.stream().map(scene::sink).toList();
    StreamConsumer consumer = StreamConsumer.finishing(loop, scene.reading(streams, null), "a");
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    scene.send(sinks, 0, 50);

    cluster.beginMove(slot, from, to);
    scene.send(sinks, 50, 100);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    scene.send(sinks, 100, 150);
    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 450);
    cluster.endMove(slot, from, to);
    scene.send(sinks, 150, 200);

    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 600);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    assertThat(StreamScene.origins(consumer)).hasSize(600).doesNotHaveDuplicates();
    assertThat(consumer.alarms()).isEmpty();
    assertThat(consumer.status().connected()).isTrue();
    consumer.drain();
    StreamConsumer next = StreamConsumer.finishing(loop, scene.reading(streams, null), "b");
    scene.send(sinks, 200, 201);
    await().atMost(LIMIT).until(() -> next.accepted().size() >= 3);
    assertThat(next.bodies()).containsOnly("m200");
    next.drain();
    scene.closeAll(sinks);
  }

  @Test
  void streamsShardsAndTiersGoOnAfterAFailover() {
    cluster.awaitWhole();
    LocalRedis primary = cluster.owner(HashSlot.of(name));

    scene.goesOnAfter(
        () -> {
          cluster.awaitWhole();
          primary.kill();
          cluster.failOver(primary);
        },
        name);

    primary.restart();
    cluster.awaitWhole();
  }

  @Test
  void shardsAreHandedOverAlsoWhereTheirSlotHasMoved() {
    Shards four = new Shards(name, 4, Duration.ofSeconds(2));
    RedisSourceConfig sharded = scene.reading(four.names(), four);
    List<Sink> shards = four.names().stream().map(scene::sink).toList();
    StreamConsumer a = StreamConsumer.finishing(loop, sharded, "a");
    await().atMost(LIMIT).until(() -> a.assigned().size() == 4);
    scene.send(shards, 0, 25);
    StreamConsumer b = StreamConsumer.finishing(loop, sharded, "b");
    await().atMost(LIMIT).until(() -> a.assigned().size() == 2 && b.assigned().size() == 2);
    int slot = HashSlot.of(a.assigned().get(0).source());
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);

    cluster.beginMove(slot, from, to);
    cluster.endMove(slot, from, to);
    scene.send(shards, 25, 50);
    await().atMost(LIMIT).until(() -> a.accepted().size() + b.accepted().size() >= 200);
    a.drain();
    scene.send(shards, 50, 75);

    await().atMost(LIMIT).until(() -> b.assigned().size() == 4);
    await().atMost(LIMIT).until(() -> a.accepted().size() + b.accepted().size() >= 300);
    List<String> all = Stream.of(a, b).flatMap(each -> StreamScene.origins(each).stream()).toList();
    assertThat(all).hasSize(300).doesNotHaveDuplicates();
    for (String shard : four.names()) {
      List<String> order = Stream.of(a, b).flatMap(each -> bodies(each, shard)).toList();
      assertThat(order)
          .containsExactlyElementsOf(IntStream.range(0, 75).mapToObj(i -> "m" + i).toList());
    }
    b.drain();
    scene.closeAll(shards);
  }

  @Test
  void whoReadsToTheEndReachesItInEverySlot() {
    List<String> streams = List.of(name + "-a", name + "-b", name + "-c");
    List<Sink> sinks = streams.stream().map(scene::sink).toList();
    scene.send(sinks, 0, 20);
    RedisSourceConfig all =
        scene
            .reading(streams, null)
            .withUntil(Until.END)
            .withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED);

    StreamConsumer consumer = StreamConsumer.finishing(loop, all, "a");

    await().atMost(LIMIT).until(() -> loop.await(consumer.source()::atEnd));
    assertThat(consumer.accepted()).hasSize(60);
    consumer.drain();
    scene.closeAll(sinks);
  }

  @Test
  void whatIsFinishedIsTrimmedUnderLoadWhileTheSlotMovesAndNothingElse() {
    int slot = HashSlot.of(name);
    List<Sink> stream = List.of(scene.sink(name));
    List<Delivery> kept = new ArrayList<>(); // event loop only
    StreamConsumer consumer =
        new StreamConsumer(
                loop,
                scene.reading(List.of(name), null).withTrim(RedisSourceConfig.Trim.ACKNOWLEDGED),
                "a",
                new RecordingIntake(
                    1_000, each -> keepOrSettle(each, kept, "m500"))) // is pending to the end
            .open();
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    scene.send(stream, 0, 450);

    cluster.beginMove(slot, from, to);
    scene.send(stream, 450, 600);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    scene.send(stream, 600, 750);
    cluster.endMove(slot, from, to);
    scene.send(stream, 750, 1_000);

    await().atMost(LIMIT).until(() -> consumer.accepted().size() >= 1_000);
    assertThat(StreamScene.origins(consumer)).hasSize(1_000).doesNotHaveDuplicates();
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
    scene.closeAll(stream);
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
    List<Sink> stream = List.of(scene.sink(name));
    RedisServers servers = RedisServers.cluster(cluster.urls().subList(0, 2));
    RedisConfig limited = new RedisConfig(servers, user, "secret", Duration.ofSeconds(2));
    RedisSourceConfig config =
        new RedisSourceConfig(
            limited,
            List.of(name),
            "readers",
            RedisSourceConfig.Start.EARLIEST,
            FieldMapping.DEFAULT,
            StreamScene.CLAIM_IDLE);
    StreamConsumer consumer = StreamConsumer.withoutStore(loop, config, "a");
    int slot = HashSlot.of(name);
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);

    cluster.beginMove(slot, from, to);
    cluster.moveKeys(slot, from, to, Integer.MAX_VALUE);
    scene.send(stream, 0, 10);
    await().atMost(LIMIT).until(() -> consumer.accepted().size() == 10);
    loop.run(consumer.acceptedNow().get(0)::settle);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    cluster.endMove(slot, from, to);

    assertThat(consumer.drain().flushed()).isEqualTo(9);
    scene.closeAll(stream);
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

  private static Stream<String> bodies(StreamConsumer consumer, String stream) {
    return consumer.accepted().stream()
        .filter(held -> held.message().origin().source().equals(stream))
        .map(held -> String.valueOf(held.message().body()));
  }

  private RedisConfig redis() {
    RedisServers servers = RedisServers.cluster(cluster.urls().subList(0, 2));
    return new RedisConfig(servers, null, null, Duration.ofSeconds(2));
  }
}
