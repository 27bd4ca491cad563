package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The store on a cluster whose user may run no scripts. */
class WatchedClusterIT extends ClusterStoreContract {
  private static final String RIGHTS = ClusterScene.RIGHTS + RedisStoreRightsIT.TRANSACTIONS;

  WatchedClusterIT() {
    super(new ClusterScene(RIGHTS), new Load(8, 100, 50));
  }

  @Test
  void ofThreeThatClaimTheSameKeysAtOnceOneWinsEach() {
    RedisIdempotencyStore scripted =
        scene.limited(ClusterScene.RIGHTS + RedisStoreRightsIT.SCRIPTS);
    RedisIdempotencyStore rival = scene.limited(RIGHTS);
    loop.await(scripted::open);
    loop.await(rival::open);

    List<String> won = claims.race(List.of(store, scripted, rival), 200);

    assertThat(won).doesNotHaveDuplicates().hasSize(200);
    loop.await(scripted::close);
    loop.await(rival::close);
  }

  @Test
  void aRightThatGoesWhileTheConnectionsLastIsNoticed() {
    String user = scene.user(ClusterScene.RIGHTS + RedisStoreRightsIT.SCRIPTS);
    RedisIdempotencyStore changing = scene.of(user);
    loop.await(changing::open);
    assertThat(claims.claim(changing, "before").kind()).isEqualTo(Kind.WON);

    cluster.addUser(user, "secret", "-eval -evalsha " + RedisStoreRightsIT.TRANSACTIONS);

    await()
        .atMost(LIMIT)
        .until(
            () ->
                loop.await(() -> changing.claim(List.of(StoreClaims.request("after"))))
                    .get(0)
                    .isOk());
    assertThat(claims.claim(changing, "before").kind()).isEqualTo(Kind.BUSY);
    loop.await(changing::close);
  }
}
