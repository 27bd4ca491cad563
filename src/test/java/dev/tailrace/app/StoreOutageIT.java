package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.local.TcpProxy;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.verify.Verdicts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * What befalls the idempotency store while messages flow: each is done once, or again in a window
 * that has a name, and none becomes a dead letter of it.
 */
class StoreOutageIT {
  private static final int MESSAGES = 300;

  /** At once: as many as the pipeline may execute. */
  private static final int EXECUTING = StoreScene.CONCURRENCY;

  /** How long the store stays away; {@code -Dstore.away=30} for half a minute. */
  private static final Duration AWAY = Duration.ofSeconds(Long.getLong("store.away", 1));

  /** What a machine may be slower than the one that the bounds are meant for. */
  private static final int SLOWNESS = 4;

  private final RedisServer store = SharedServers.get().newRedis();
  private final TcpProxy proxy = new TcpProxy(store.url());
  private final EffectLog effects = new EffectLog(Duration.ofMillis(5));
  private final AtomicInteger held = new AtomicInteger(); // before the gate
  private final Promise<Void> gate = Promise.promise();

  @TempDir private Path folder;

  /** Ways of not answering. */
  enum Fault {
    /** Connections end, and none is made. */
    AWAY,
    /** SIGSTOP: connections stay, and nothing is answered. */
    FROZEN;

    private void begin(TcpProxy proxy, RedisServer store) {
      switch (this) {
        case AWAY -> proxy.goAway();
        case FROZEN -> store.pause();
      }
    }

    private void end(TcpProxy proxy, RedisServer store) {
      switch (this) {
        case AWAY -> proxy.back();
        case FROZEN -> store.resume();
      }
    }
  }

  @AfterEach
  void close() {
    proxy.close();
    store.close();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whileItDoesNotAnswerMessagesWaitAndThenEachIsDoneOnce(Fault fault) throws Exception {
    try (StoreScene scene = scene(false)) {
      scene.produce(0, EXECUTING);
      await().atMost(StoreScene.PATIENCE).until(() -> held.get() == EXECUTING);

      long begun = System.nanoTime();
      fault.begin(proxy, store);
      gate.complete();
      scene.produce(EXECUTING, MESSAGES - EXECUTING);
      scene.awaitStatus(status -> pausedBy(status).contains("idempotency store"));
      assertThat(scene.status().getString("state")).isEqualTo("paused");
      assertThat(scene.status().getString("grade")).isEqualTo("B");
      await()
          .atMost(StoreScene.PATIENCE.plus(AWAY))
          .during(AWAY)
          .until(() -> effects.size() == EXECUTING);
      long ended = System.nanoTime();
      fault.end(proxy, store);
      scene.awaitFinished(MESSAGES);

      assertThat(scene.status().getString("state")).isEqualTo("running");
      assertEachOnce(scene);
      long paused = scene.nanosOf(begun, "\"alarm\"", "unreachable", "messages wait for it");
      long resumed = scene.nanosOf(ended, "\"claim\"", "won");
      assertThat(scene.end().totals().repeated()).isZero();
      assertWithin(paused - begun, StoreScene.TIMEOUT.plusSeconds(1));
      assertWithin(resumed - ended, Duration.ofSeconds(2));
    }
  }

  @Test
  void whereItIsSoChosenMessagesRunWithoutItAndThatShows() throws Exception {
    try (StoreScene scene = scene(true)) {
      scene.produce(0, EXECUTING);
      await().atMost(StoreScene.PATIENCE).until(() -> held.get() == EXECUTING);
      assertThat(scene.status().getString("grade")).isEqualTo("B");

      proxy.goAway();
      gate.complete();
      scene.produce(EXECUTING, MESSAGES - EXECUTING);
      await().atMost(StoreScene.PATIENCE).until(() -> effects.size() == MESSAGES);

      scene.awaitStatus(status -> status.getString("grade").equals("A"));
      assertThat(scene.status().getJsonArray("pausedBy")).isEmpty();
      assertThat(scene.status().getString("state")).isEqualTo("running");
      double unclaimed =
          scene.registry.get("tailrace.idempotency").tag("result", "unavailable").counter().count();
      assertThat(unclaimed).isGreaterThanOrEqualTo(MESSAGES - EXECUTING);
      proxy.back();
      scene.awaitStatus(status -> status.getString("grade").equals("B"));
      scene.awaitFinished(MESSAGES);

      assertEachOnce(scene);
      assertThat(scene.nanosOf(0, "unreachable", "without a claim, in grade A")).isPositive();
      scene.end();
    }
  }

  @Test
  void whereItsRepliesAreLostAfterItDidWhatWasAskedEachIsDoneOnce() throws Exception {
    gate.complete();
    try (StoreScene scene = scene(false)) {
      loseReplies(scene);

      assertEachOnce(scene);
      assertThat(scene.end().totals().repeated()).isZero();
    }
  }

  /** Of all messages, six in the end. */
  private void loseReplies(StoreScene scene) throws Exception {
    int rounds = 3;
    for (int round = 1; round <= rounds; round++) {
      int until = round * 2;
      proxy.loseReplies(2);
      scene.produce((round - 1) * MESSAGES / rounds, MESSAGES / rounds);
      await().atMost(StoreScene.PATIENCE).until(() -> proxy.lost() >= until);
    }
    scene.awaitFinished(MESSAGES);
  }

  @Test
  void effectsWhoseRepliesAreLostAreCarriedOutOnce() throws Exception {
    Effects counted = Effects.of("INCR", "count");
    try (StoreScene scene =
            new StoreScene(
                folder,
                new RedisConfig(proxy.url(), null, StoreScene.TIMEOUT),
                false,
                (message, context) ->
                    Future.succeededFuture(
                        Outcome.done(
                            counted.and("HINCRBY", "each", message.origin().toString(), 1))));
        Jedis jedis = new Jedis(URI.create(store.url()))) {
      loseReplies(scene);

      assertThat(jedis.get("count")).isEqualTo("" + MESSAGES);
      assertThat(jedis.hvals("each")).hasSize(MESSAGES).containsOnly("1");
      assertNoDeadLetters(scene);
      scene.end();
    }
  }

  @Test
  void whereEachCommandTakesHalfASecondEachIsDoneOnce() throws Exception {
    gate.complete();
    try (StoreScene scene = scene(Duration.ofSeconds(2), false)) {
      scene.produce(0, MESSAGES - EXECUTING);
      scene.awaitFinished(MESSAGES - EXECUTING);
      proxy.slow(Duration.ofMillis(500));
      scene.produce(MESSAGES - EXECUTING, EXECUTING);
      scene.awaitFinished(MESSAGES);
      proxy.slow(Duration.ZERO);

      assertEachOnce(scene);
      assertThat(scene.end().totals().repeated()).isZero();
    }
  }

  @Test
  void whatAnEmptyStoreHasForgottenIsDoneAgainInWindowThree() throws Exception {
    gate.complete();
    try (StoreScene scene = scene(false);
        RedisServer empty = SharedServers.get().newRedis()) {
      scene.produce(0, MESSAGES);
      scene.awaitFinished(MESSAGES);
      readAgain(scene);
      scene.awaitFinished(2 * MESSAGES);
      assertThat(effects.repeated()).as("the store knew all of them").isEmpty();

      proxy.goAway();
      proxy.leadTo(empty.url());
      proxy.back();
      readAgain(scene);
      scene.awaitFinished(3 * MESSAGES);

      assertThat(effects.repeated()).hasSize(MESSAGES);
      assertNoDeadLetters(scene);
      assertThat(scene.nanosOf(0, "\"alarm\"", "store_loss")).isPositive();
      Verdicts verdicts = scene.end();
      assertThat(verdicts.totals().repetitions()).isEqualTo(Map.of("W3", (long) MESSAGES));
    }
  }

  private StoreScene scene(boolean open) throws Exception {
    return scene(StoreScene.TIMEOUT, open);
  }

  private StoreScene scene(Duration timeout, boolean open) throws Exception {
    return new StoreScene(folder, new RedisConfig(proxy.url(), null, timeout), open, this::handle);
  }

  /** Begins when the gate opens, and has its effect a little later. */
  private Future<Outcome> handle(Message message, MessageContext context) {
    held.incrementAndGet();
    Context loop = Vertx.currentContext();
    Promise<Outcome> outcome = Promise.promise();
    gate.future()
        .onComplete(
            open ->
                loop.runOnContext(
                    now -> effects.handle(message, context).onComplete(outcome::handle)));
    return outcome.future();
  }

  /** Has the group be given all entries once more, as after a loss of what it knew. */
  private static void readAgain(StoreScene scene) {
    try (Jedis jedis = scene.jedis()) {
      jedis.xgroupSetID(scene.stream, "payments", new StreamEntryID(0, 0));
    }
  }

  private static String pausedBy(JsonObject status) {
    JsonArray reasons = status.getJsonArray("pausedBy");
    return reasons.encode();
  }

  /** Each has had its effect, and nothing else happened to it. */
  private void assertEachOnce(StoreScene scene) {
    assertThat(effects.size()).isEqualTo(MESSAGES);
    assertThat(effects.repeated()).isEmpty();
    assertNoDeadLetters(scene);
  }

  private static void assertNoDeadLetters(StoreScene scene) {
    try (Jedis jedis = scene.jedis()) {
      assertThat(jedis.xlen(scene.letters)).as("dead letters").isZero();
    }
  }

  /** Generous, since other work may keep this machine: what is meant is a few times less. */
  private static void assertWithin(long nanos, Duration bound) {
    assertThat(TimeUnit.NANOSECONDS.toMillis(nanos)).isBetween(0L, SLOWNESS * bound.toMillis());
  }
}
