package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.local.LocalRedis;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.runtime.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Effects in a cluster, where all that they touch is in the slot of their record. */
class ClusterEffectsIT extends EffectsContract {
  /** What a user needs for effects in a cluster, beside the rights on the commands. */
  private static final String RIGHT = "+command|getkeys";

  private final RedisCluster cluster = RedisCluster.shared();
  private final int slot = HashSlot.of(tag);

  /** What decides how it is done. */
  String rights() {
    return RedisStoreRightsIT.SCRIPTS;
  }

  @Override
  IdempotencyStore store(String server) {
    return of(user("+@all -eval -evalsha " + rights()));
  }

  /** The tag is that of the idempotency key. */
  @Override
  String tag() {
    return "{" + stream + "}";
  }

  @Override
  String server() {
    return RedisCluster.shared().owner(HashSlot.of(tag)).url();
  }

  @Override
  LossyWay lossyWay() {
    IdempotencyStore cutOff = store(server());
    return new LossyWay() {
      @Override
      public IdempotencyStore store() {
        return cutOff;
      }

      @Override
      public void loseAnswers() {
        admin.clientKill(
            new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void whatIsInAnotherSlotIsRefusedByNameAndTheClaimHolds() {
    Fence fence = won(claim(LONG));

    EffectAnswer answer =
        carryOut(fence, count.and("LPUSH", "{elsewhere}:" + stream, "x").and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(answer.error())
        .contains("{elsewhere}:" + stream, "slot " + HashSlot.of("elsewhere"), "slot " + slot);
    assertThat(done()).isNull();
    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
  }

  @Test
  void theyAreCarriedOutOnceWhileTheirSlotMoves() {
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    int messages = 0;
    for (int move = 0; move < 2; move++) {
      String round = "-" + move;
      LocalRedis source = move == 0 ? from : to;
      LocalRedis target = move == 0 ? to : from;
      List<Fence> fences =
          Stream.of("a", "b", "c", "d").map(key -> won(claim(store, key + round, LONG))).toList();
      carryOut(fences.get(0), count);
      cluster.beginMove(slot, source, target);
      carryOut(fences.get(1), count); // of keys that are all there still
      cluster.moveKeys(slot, source, target, 1);
      List<CompletableFuture<Reply<EffectAnswer>>> answers =
          fences.stream().map(fence -> start(store, fence)).toList();
      cluster.endMove(slot, source, target);

      for (int i = 0; i < fences.size(); i++) {
        Reply<EffectAnswer> reply = answers.get(i).join();
        while (!reply.isOk()) {
          reply = start(store, fences.get(i)).join();
        }
        assertThat(reply).isEqualTo(Reply.ok(EffectAnswer.of(EffectAnswer.Kind.DONE)));
      }
      messages += fences.size();
    }
    assertThat(done()).isEqualTo(Integer.toString(messages));
  }

  @Test
  void oneWhoseKeyHasMovedBeforeItsRecordIsCarriedOutWhenAllHas() {
    LocalRedis from = cluster.owner(slot);
    LocalRedis to = cluster.stranger(slot);
    carryOut(won(claim(store, "a", LONG)), count); // so that there is a key to move
    Fence fence = won(claim(store, "b", LONG));
    cluster.beginMove(slot, from, to);
    cluster.moveKey(counters, from, to);
    long before = cluster.redirections(from);

    CompletableFuture<Reply<EffectAnswer>> answer = start(store, fence);
    await().until(() -> cluster.redirections(from) > before);
    cluster.endMove(slot, from, to);

    assertThat(answer.join()).isEqualTo(Reply.ok(EffectAnswer.of(EffectAnswer.Kind.DONE)));
    cluster.beginMove(slot, to, from);
    cluster.endMove(slot, to, from);
    assertThat(done()).isEqualTo("2");
  }

  @Test
  void theRightsOfThePageAreEnough() {
    String user = user(ClusterScene.RIGHTS + rights() + " +hincrby " + RIGHT);
    IdempotencyStore limited = of(user);
    loop.await(limited::open);

    Fence fence = won(claim(limited, LONG));

    assertThat(carryOut(limited, fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
    loop.await(limited::close);
  }

  @Test
  void whoMayNotAskWhatTheyTouchIsRefusedAndTold() {
    IdempotencyStore limited = of(user(ClusterScene.RIGHTS + rights() + " +hincrby"));
    loop.await(limited::open);

    EffectAnswer answer = carryOut(limited, won(claim(limited, LONG)), count);

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(answer.error()).contains("NOPERM", "command");
    assertThat(done()).isNull();
    loop.await(limited::close);
  }

  private String user(String rights) {
    String name = Servers.uniqueName("user");
    RedisCluster.shared().addUser(name, "secret", "~" + stream + ":*", rights);
    return name;
  }

  private IdempotencyStore of(String user) {
    RedisServers servers = RedisServers.cluster(RedisCluster.shared().urls());
    RedisConfig config = new RedisConfig(servers, user, "secret", Duration.ofSeconds(5));
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, stream));
  }
}
