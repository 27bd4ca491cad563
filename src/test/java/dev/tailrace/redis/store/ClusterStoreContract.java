package dev.tailrace.redis.store;

import static dev.tailrace.redis.store.ClusterScene.SLOT;
import static dev.tailrace.redis.store.ClusterScene.TAG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.IdempotencyStoreContract;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.redis.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The store's contract on a cluster of three primaries with a replica each, and what holds there
 * whether it writes by scripts or not.
 */
abstract class ClusterStoreContract extends IdempotencyStoreContract {
  static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final ClusterScene scene;

  final RedisCluster cluster;
  final EventLoop loop;
  final RedisIdempotencyStore store;
  final RecordedMemory memory;
  final StoreClaims claims;

  private final Load load;

  /**
   * What is claimed while a slot moves.
   *
   * @param atOnce so many keys
   * @param finished so many finish in each state of the move
   * @param moved so many keys go before all others
   */
  record Load(int atOnce, int finished, int moved) {}

  ClusterStoreContract(ClusterScene scene, Load load) {
    this.scene = scene;
    this.load = load;
    this.cluster = scene.cluster;
    this.loop = scene.loop;
    this.store = scene.store;
    this.memory = scene.memory;
    this.claims = new StoreClaims(loop);
  }

  @Override
  protected final <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return scene.call(operation);
  }

  @Test
  final void aSlotMovesUnderLoadAndNothingIsWonTwiceOrForgotten() {
    StoreLoad claimed = new StoreLoad(loop, store, scene.namespace);
    LocalRedis from = cluster.owner(SLOT);
    LocalRedis to = cluster.stranger(SLOT);
    claimed.start(load.atOnce(), TAG);
    claimed.awaitFinished(load.finished());

    cluster.beginMove(SLOT, from, to);
    claimed.awaitFinished(claimed.finished() + load.finished());
    cluster.moveKeys(SLOT, from, to, load.moved());
    claimed.awaitFinished(claimed.finished() + load.finished());
    cluster.endMove(SLOT, from, to);
    claimed.awaitFinished(claimed.finished() + load.finished());
    claimed.stop();

    assertThat(cluster.owner(SLOT)).isSameAs(to);
    assertThat(claimed.wonTwiceAtOnce()).isEmpty();
    assertThat(claimed.forgotten()).isEmpty();
    assertThat(memory.losses).isEmpty();
    claimed.close();
  }

  @Test
  final void aServerThatLostItsRecordsIsNoticedBeforeAnythingIsWonThere() {
    cluster.flush(cluster.owner(SLOT));

    assertThat(claims.claim(store, TAG).kind()).isEqualTo(Kind.WON);

    assertThat(memory.moments).hasSizeGreaterThan(1);
    await().atMost(LIMIT).until(() -> !memory.losses.isEmpty());
  }
}
