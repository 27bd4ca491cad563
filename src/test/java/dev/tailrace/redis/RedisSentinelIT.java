package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.SuspicionContract;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.SentinelGroup;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Headers;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.redis.store.RecordedMemory;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.store.StoreLoad;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.RedisTierConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.redis.stream.StreamConsumer;
import dev.tailrace.redis.stream.TierFixture;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store's contract on the primary that three sentinels name, and how it is found. */
class RedisSentinelIT extends SuspicionContract {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static SentinelGroup group;

  private final EventLoop loop = new EventLoop();
  private final String namespace = Servers.uniqueName("sentinel");
  private final RedisIdempotencyStore store = store(SentinelGroup.PRIMARY);

  @BeforeAll
  static void start() {
    group = SentinelGroup.start();
  }

  @AfterAll
  static void stop() {
    group.close();
  }

  @BeforeEach
  void open() {
    loop.await(store::open);
  }

  @AfterEach
  void close() {
    loop.await(store::close);
    loop.close();
  }

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return loop.await(() -> operation.apply(store));
  }

  @Test
  void aNameThatNoSentinelKnowsIsRefused() {
    RedisIdempotencyStore stranger = store("nobody");

    assertThatThrownBy(() -> loop.await(stranger::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContainingAll("nobody", "sentinels know no primary of that name");
    loop.await(stranger::close);
  }

  @Test
  void aFrozenSentinelHoldsNothingUp() {
    RedisIdempotencyStore other = store(SentinelGroup.PRIMARY);
    group.firstSentinel().pause();
    try {
      CompletableFuture<Void> opened = loop.start(other::open);

      SourceHarness.join(opened);

      assertThat(loop.get(() -> other.connection().orElseThrow()).connected()).isTrue();
      loop.await(other::close);
    } finally {
      group.firstSentinel().resume();
      group.awaitWhole();
    }
  }

  @Test
  void sentinelsThatAreAwayAreWaitedFor() {
    RedisServers nowhere =
        RedisServers.sentinels(SentinelGroup.PRIMARY, List.of("redis://127.0.0.1:1"));
    RedisIdempotencyStore waiting = store(nowhere);

    CompletableFuture<Void> opened = loop.start(waiting::open);

    await()
        .atMost(LIMIT)
        .until(
            () ->
                String.valueOf(loop.get(() -> waiting.connection().orElseThrow()).error())
                    .contains("no sentinel names " + SentinelGroup.PRIMARY));
    assertThat(opened).isNotDone();
    loop.await(waiting::close);
    assertThat(opened).isCompletedExceptionally();
  }

  @Test
  void whatNoReplicaHadWhenThePrimaryDiedIsForgottenAndSaidToBe() {
    RecordedMemory memory = new RecordedMemory();
    store.onMemory(memory);
    StoreLoad load = new StoreLoad(loop, store, namespace);
    load.finish("early", 50);
    group.awaitWhole();
    LocalRedis primary = group.primary();
    group.cutOffReplicas(primary);
    load.finish("late", 50);

    primary.kill();
    group.awaitFailover(primary);

    await().atMost(LIMIT).until(() -> !memory.losses.isEmpty());
    assertThat(memory.losses).hasSize(1).first().asString().contains("started again, or replaced");
    assertThat(memory.gaps).hasSize(1);
    RecordedMemory.Gap gap = memory.gaps.get(0);
    assertThat(load.forgotten()).hasSize(50).allMatch(fence -> fence.key().startsWith("late"));
    assertThat(load.forgotten())
        .allMatch(fence -> fence.token() > gap.from() && fence.token() < gap.to());
    load.close();
    primary.restart();
  }

  @Test
  void aFailoverUnderLoadForgetsNothingThatIsNotSaidAndStopsNothing() {
    RecordedMemory memory = new RecordedMemory();
    store.onMemory(memory);
    StoreLoad load = new StoreLoad(loop, store, namespace);
    group.awaitWhole();
    LocalRedis primary = group.primary();
    load.start(16);
    load.awaitFinished(500);

    primary.kill();
    load.awaitFinished(load.finished() + 500);
    group.awaitFailover(primary);
    load.stop();

    assertThat(load.wonTwiceAtOnce()).isEmpty();
    List<Fence> forgotten = load.forgotten();
    if (!forgotten.isEmpty()) {
      assertThat(memory.losses).isNotEmpty();
    }
    assertThat(forgotten)
        .allMatch(fence -> memory.gaps.stream().anyMatch(gap -> fence.token() < gap.to()));
    load.close();
    primary.restart();
  }

  @Test
  void streamsShardsAndTiersGoOnAfterAFailover() {
    RedisSourceConfig plain = reading(List.of(namespace), null);
    Shards twoShards = new Shards(namespace + "-sharded", 2, Duration.ofSeconds(2));
    RedisSourceConfig sharded = reading(twoShards.names(), twoShards);
    RedisSourceConfig failing = reading(List.of(namespace + "-failing"), null);
    List<Sink> shards = twoShards.names().stream().map(this::sink).toList();
    Sink stream = sink(namespace);
    send(stream, 0, 100);
    shards.forEach(shard -> send(shard, 0, 50));
    StreamConsumer consumer = StreamConsumer.finishing(loop, plain, "a");
    StreamConsumer owner = StreamConsumer.finishing(loop, sharded, "a");
    Sink tier = putOff(failing, 20);
    StreamConsumer due = StreamConsumer.ofDue(loop, RedisTierConfig.of(failing, "retry"), "a");
    group.awaitWhole();
    LocalRedis primary = group.primary();

    primary.kill();
    group.awaitFailover(primary);
    send(stream, 100, 200);
    shards.forEach(shard -> send(shard, 50, 100));

    await().atMost(LIMIT).until(() -> new HashSet<>(consumer.bodies()).size() == 200);
    await().atMost(LIMIT).until(() -> consumer.flush().pending() == 0);
    await().atMost(LIMIT).until(() -> new HashSet<>(origins(owner)).size() == 200);
    await().atMost(LIMIT).until(() -> new HashSet<>(due.bodies()).size() == 20);
    consumer.drain();
    owner.drain();
    due.each(Delivery::settle);
    due.drain();
    shards.forEach(shard -> loop.await(shard::close));
    loop.await(stream::close);
    loop.await(tier::close);
    primary.restart();
  }

  /** Reads so many entries of a stream, and has them wait for longer than a failover takes. */
  private Sink putOff(RedisSourceConfig source, int messages) {
    Sink entries = sink(source.streams().get(0));
    send(entries, 0, messages);
    loop.await(entries::close);
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

  private RedisSourceConfig reading(List<String> streams, @Nullable Shards shards) {
    return new RedisSourceConfig(
        config(RedisServers.sentinels(SentinelGroup.PRIMARY, group.urls())),
        streams,
        "readers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        Duration.ofSeconds(60),
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }

  private Sink sink(String stream) {
    RedisConfig redis = config(RedisServers.sentinels(SentinelGroup.PRIMARY, group.urls()));
    RedisSinkFactory factory = new RedisSinkFactory(redis, stream);
    Sink sink = loop.get(() -> factory.sink(loop.loop()));
    loop.await(sink::open);
    return sink;
  }

  /** Each is sent until it is confirmed. */
  private void send(Sink sink, int from, int to) {
    for (int i = from; i < to; i++) {
      OutgoingMessage message = new OutgoingMessage(null, Buffer.buffer("m" + i), Headers.empty());
      await()
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .until(() -> loop.await(() -> sink.send(List.of(message))).get(0).isOk());
    }
  }

  private static RedisConfig config(RedisServers servers) {
    return new RedisConfig(servers, null, null, Duration.ofSeconds(1));
  }

  private RedisIdempotencyStore store(String primary) {
    return store(RedisServers.sentinels(primary, group.urls()));
  }

  private RedisIdempotencyStore store(RedisServers servers) {
    return loop.get(
        () -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config(servers), namespace));
  }
}
