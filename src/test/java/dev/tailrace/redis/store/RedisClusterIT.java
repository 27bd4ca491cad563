package dev.tailrace.redis.store;

import static dev.tailrace.redis.store.ClusterScene.SLOT;
import static dev.tailrace.redis.store.ClusterScene.TAG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The store on a cluster, and what becomes of it when servers die, stand still or are away. */
class RedisClusterIT extends ClusterStoreContract {
  RedisClusterIT() {
    super(new ClusterScene(), new Load(16, 300, 100));
  }

  @Test
  void aListOverAllServersIsAnsweredInItsOrder() {
    List<ClaimRequest> many =
        IntStream.range(0, 2_000).mapToObj(i -> StoreClaims.request("many-" + i)).toList();

    List<Reply<ClaimAnswer>> answers = loop.await(() -> store.claim(many));

    assertThat(answers).hasSize(2_000);
    for (int i = 0; i < answers.size(); i++) {
      Fence fence = ((Reply.Ok<ClaimAnswer>) answers.get(i)).value().fence();
      assertThat(fence).isNotNull().extracting(Fence::key).isEqualTo("many-" + i);
    }
  }

  @Test
  void theRightsOfThePageAreEnoughAlsoWhileASlotMoves() {
    RedisIdempotencyStore limited = scene.limited(ClusterScene.RIGHTS + RedisStoreRightsIT.SCRIPTS);
    loop.await(limited::open);
    LocalRedis from = cluster.owner(SLOT);
    LocalRedis to = cluster.stranger(SLOT);

    cluster.beginMove(SLOT, from, to);
    Fence fence = claims.win(limited, TAG);
    cluster.endMove(SLOT, from, to);

    assertThat(loop.await(() -> limited.renew(List.of(fence)))).containsExactly(Reply.ok(true));
    assertThat(claims.claim(limited, TAG).kind()).isEqualTo(Kind.BUSY);
    loop.await(limited::close);
  }

  @Test
  void aServerThatAllowsNeitherScriptsNorTransactionsIsRefused() {
    RedisIdempotencyStore limited = scene.limited(ClusterScene.RIGHTS);

    assertThatThrownBy(() -> loop.await(limited::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContainingAll("neither scripts nor transactions", "NOPERM");
    loop.await(limited::close);
  }

  @Test
  void aFailoverUnderLoadForgetsNothingThatIsNotSaidAndStopsNothing() {
    StoreLoad load = new StoreLoad(loop, store, scene.namespace);
    cluster.awaitWhole();
    LocalRedis primary = cluster.owner(SLOT);
    load.start(16);
    load.awaitFinished(500);

    primary.kill();
    cluster.failOver(primary);
    load.awaitFinished(load.finished() + 500);
    load.stop();

    assertThat(load.wonTwiceAtOnce()).isEmpty();
    if (!load.forgotten().isEmpty()) {
      assertThat(memory.losses).isNotEmpty();
    }
    assertThat(memory.gaps).as("the life before is known to have ended").isNotEmpty();
    load.close();
    primary.restart();
    cluster.awaitWhole();
  }

  @Test
  void whatNoReplicaHadWhenItsPrimaryDiedIsForgottenAndSaidToBe() {
    StoreLoad load = new StoreLoad(loop, store, scene.namespace);
    load.finish(TAG + "early", 50);
    cluster.awaitWhole();
    LocalRedis primary = cluster.owner(SLOT);
    cluster.cutOffReplica(primary);
    load.finish(TAG + "late", 50);

    primary.kill();
    cluster.failOver(primary);

    await().atMost(LIMIT).until(() -> !memory.losses.isEmpty());
    assertThat(memory.losses).first().asString().contains("started again, or replaced");
    List<Fence> forgotten = load.forgotten();
    assertThat(forgotten).hasSize(50).allMatch(fence -> fence.key().startsWith(TAG + "late"));
    assertThat(forgotten)
        .allMatch(
            fence ->
                memory.gaps.stream()
                    .anyMatch(gap -> gap.from() < fence.token() && fence.token() < gap.to()));
    load.close();
    primary.restart();
    cluster.awaitWhole();
  }

  @Test
  void whatIsOnAServerThatDoesNotAnswerIsUnknownAndTheRestIsAnswered() {
    List<ClaimRequest> requests =
        IntStream.range(0, 60).mapToObj(i -> StoreClaims.request("part-" + i)).toList();
    LocalRedis frozen = cluster.owner(SLOT);
    List<String> there =
        requests.stream()
            .map(ClaimRequest::key)
            .filter(each -> cluster.owner(HashSlot.of(record(each))) == frozen)
            .toList();
    RedisIdempotencyStore hasty =
        scene.store(
            new RedisConfig(
                RedisServers.cluster(cluster.urls()), null, null, Duration.ofMillis(500)));
    loop.await(hasty::open);
    frozen.pause();
    try {
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                List<Reply<ClaimAnswer>> replies = loop.await(() -> hasty.claim(requests));
                List<String> answered =
                    IntStream.range(0, requests.size())
                        .filter(i -> replies.get(i).isOk())
                        .mapToObj(i -> requests.get(i).key())
                        .toList();
                assertThat(answered).doesNotContainAnyElementsOf(there);
                return answered.size() + there.size() == requests.size();
              });
      await()
          .atMost(LIMIT)
          .until(() -> !loop.get(() -> hasty.connection().orElseThrow()).connected());
    } finally {
      frozen.resume();
    }
    await()
        .atMost(LIMIT)
        .until(() -> loop.await(() -> hasty.claim(requests)).stream().allMatch(Reply::isOk));
    loop.await(hasty::close);
    cluster.awaitWhole();
  }

  @Test
  void aServerThatIsNoClusterIsRefused() {
    RedisIdempotencyStore alone = scene.store(List.of(SharedServers.get().redis().url()));

    assertThatThrownBy(() -> loop.await(alone::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("cluster");
    loop.await(alone::close);
  }

  @Test
  void aClusterThatIsAwayIsWaitedFor() {
    RedisIdempotencyStore waiting = scene.store(List.of("redis://127.0.0.1:1"));

    CompletableFuture<Void> opened = loop.start(waiting::open);

    await()
        .atMost(LIMIT)
        .until(
            () ->
                String.valueOf(loop.get(() -> waiting.connection().orElseThrow()).error())
                    .contains("nobody knows the slots"));
    assertThat(opened).isNotDone();
    loop.await(waiting::close);
    assertThat(opened).isCompletedExceptionally();
  }

  private String record(String key) {
    return new StoreKeys(scene.namespace).record(key);
  }
}
