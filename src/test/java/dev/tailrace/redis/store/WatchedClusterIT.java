package dev.tailrace.redis.store;

import static dev.tailrace.redis.store.ClusterScene.SLOT;
import static dev.tailrace.redis.store.ClusterScene.TAG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStoreContract;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store's contract on a cluster whose user may run no scripts. */
class WatchedClusterIT extends IdempotencyStoreContract {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String RIGHTS = ClusterScene.RIGHTS + RedisStoreRightsIT.TRANSACTIONS;

  @RegisterExtension private final ClusterScene scene = new ClusterScene(RIGHTS);

  private final RedisCluster cluster = scene.cluster;
  private final EventLoop loop = scene.loop;
  private final RedisIdempotencyStore store = scene.store;

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return scene.call(operation);
  }

  @Test
  void aSlotMovesUnderLoadAndNothingIsWonTwiceOrForgotten() {
    StoreLoad load = new StoreLoad(loop, store, scene.namespace);
    LocalRedis from = cluster.owner(SLOT);
    LocalRedis to = cluster.stranger(SLOT);
    load.start(8, TAG);
    load.awaitFinished(100);

    cluster.beginMove(SLOT, from, to);
    load.awaitFinished(load.finished() + 100);
    cluster.moveKeys(SLOT, from, to, 50);
    load.awaitFinished(load.finished() + 100);
    cluster.endMove(SLOT, from, to);
    load.awaitFinished(load.finished() + 100);
    load.stop();

    assertThat(load.wonTwiceAtOnce()).isEmpty();
    assertThat(load.forgotten()).isEmpty();
    assertThat(scene.memory.losses).isEmpty();
    load.close();
  }

  @Test
  void ofThreeThatClaimTheSameKeysAtOnceOneWinsEach() {
    RedisIdempotencyStore scripted =
        scene.limited(ClusterScene.RIGHTS + RedisStoreRightsIT.SCRIPTS);
    RedisIdempotencyStore rival = scene.limited(RIGHTS);
    loop.await(scripted::open);
    loop.await(rival::open);
    int keys = 200;

    List<CompletableFuture<List<Reply<ClaimAnswer>>>> all = new ArrayList<>();
    for (int begin = 0; begin < keys; begin += 50) {
      List<Integer> part = IntStream.range(begin, begin + 50).boxed().toList();
      Stream.of(store, scripted, rival)
          .forEach(
              each ->
                  all.add(
                      loop.start(
                          () ->
                              each.claim(part.stream().map(i -> request("race-" + i)).toList()))));
    }

    List<String> won =
        all.stream()
            .flatMap(answers -> answers.join().stream())
            .map(answer -> ((Reply.Ok<ClaimAnswer>) answer).value())
            .filter(answer -> answer.kind() == Kind.WON)
            .map(answer -> Objects.requireNonNull(answer.fence()).key())
            .toList();
    assertThat(won).doesNotHaveDuplicates().hasSize(keys);
    loop.await(scripted::close);
    loop.await(rival::close);
  }

  @Test
  void aServerThatLostItsRecordsIsNoticedBeforeAnythingIsWonThere() {
    cluster.flush(cluster.owner(SLOT));

    assertThat(claim(store, TAG).kind()).isEqualTo(Kind.WON);

    assertThat(scene.memory.moments).hasSizeGreaterThan(1);
    await().atMost(LIMIT).until(() -> !scene.memory.losses.isEmpty());
  }

  @Test
  void aRightThatGoesWhileTheConnectionsLastIsNoticed() {
    String user = scene.user(ClusterScene.RIGHTS + RedisStoreRightsIT.SCRIPTS);
    RedisIdempotencyStore changing = scene.of(user);
    loop.await(changing::open);
    assertThat(claim(changing, "before").kind()).isEqualTo(Kind.WON);

    cluster.addUser(user, "secret", "-eval -evalsha " + RedisStoreRightsIT.TRANSACTIONS);

    await()
        .atMost(LIMIT)
        .until(() -> loop.await(() -> changing.claim(List.of(request("after")))).get(0).isOk());
    assertThat(claim(changing, "before").kind()).isEqualTo(Kind.BUSY);
    loop.await(changing::close);
  }

  private ClaimAnswer claim(RedisIdempotencyStore of, String key) {
    List<Reply<ClaimAnswer>> replies = loop.await(() -> of.claim(List.of(request(key))));
    return ((Reply.Ok<ClaimAnswer>) replies.get(0)).value();
  }

  private static ClaimRequest request(String key) {
    Duration lease = Duration.ofMinutes(1);
    return new ClaimRequest(key, Servers.uniqueName("claim"), "owner#1", "ab".repeat(32), lease);
  }
}
