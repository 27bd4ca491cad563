package dev.tailrace.redis.store;

import static dev.tailrace.redis.store.ClusterScene.SLOT;
import static dev.tailrace.redis.store.ClusterScene.TAG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.SuspicionContract;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.HashSlot;
import io.vertx.core.Future;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The whole contract of a store on a cluster, and slots that move and primaries that die under load
 * in turn: {@code mvn verify -Pchaos -Dit.test=RedisClusterCampaign [-Dchaos.seed=S]}.
 */
final class RedisClusterCampaign extends SuspicionContract {
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);
  private static final int ROUNDS = 20;
  @RegisterExtension private final ClusterScene scene = new ClusterScene();

  private final RedisCluster cluster = scene.cluster;
  private final EventLoop loop = scene.loop;
  private final RedisIdempotencyStore store = scene.store;
  private final RecordedMemory memory = scene.memory;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return scene.call(operation);
  }

  @Test
  void slotsThatMoveAndPrimariesThatDieLoseNothingThatIsNotSaidToBe() {
    StoreLoad load = new StoreLoad(loop, store, scene.namespace);
    load.start(24);
    load.start(8, TAG);
    int moves = 0;
    for (int round = 0; round < ROUNDS; round++) {
      load.awaitFinished(load.finished() + 200 + random.nextInt(300));
      if (random.nextBoolean()) {
        move(load);
        moves++;
      } else {
        die(load);
      }
    }
    load.stop();

    List<Fence> forgotten = load.forgotten();
    System.out.printf(
        "seed %d: %d keys finished over %d moves and %d failovers, %d forgotten, %d losses told%n",
        SEED, load.finished(), moves, ROUNDS - moves, forgotten.size(), memory.losses.size());
    assertThat(load.wonTwiceAtOnce()).isEmpty();
    if (!forgotten.isEmpty()) {
      assertThat(memory.losses).isNotEmpty();
    }
    assertThat(forgotten)
        .allMatch(fence -> memory.gaps.stream().anyMatch(gap -> fence.token() < gap.to()));
    load.close();
  }

  private void move(StoreLoad load) {
    LocalRedis from = cluster.owner(SLOT);
    LocalRedis to = cluster.stranger(SLOT);
    cluster.beginMove(SLOT, from, to);
    load.awaitFinished(load.finished() + random.nextInt(200));
    cluster.moveKeys(SLOT, from, to, random.nextInt(300));
    load.awaitFinished(load.finished() + random.nextInt(200));
    cluster.endMove(SLOT, from, to);
  }

  private void die(StoreLoad load) {
    LocalRedis primary = cluster.owner(random.nextInt(HashSlot.COUNT));
    primary.kill();
    if (random.nextBoolean()) {
      cluster.failOver(primary);
      load.awaitFinished(load.finished() + random.nextInt(200));
    }
    primary.restart();
    cluster.awaitWhole();
  }
}
