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
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.store.RecordedMemory;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.store.StoreLoad;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
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
    RedisConfig redis = config(RedisServers.sentinels(SentinelGroup.PRIMARY, group.urls()));
    group.awaitWhole();
    LocalRedis primary = group.primary();

    new StreamScene(loop, redis)
        .goesOnAfter(
            () -> {
              group.awaitWhole();
              primary.kill();
              group.awaitFailover(primary);
            },
            namespace);

    primary.restart();
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
