package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.runtime.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Ten thousand claims of keys whose leases run out, and whose records expire, in between. */
class FencesIT extends StreamFixture {
  private static final int KEYS = 100;
  private static final int ROUNDS = 100;
  private static final Duration LEASE = Duration.ofMillis(10);

  private final RedisIdempotencyStore store =
      loop.get(
          () -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), RedisConfig.of(url), stream));
  private final Jedis admin = new Jedis(URI.create(url));

  @AfterEach
  void closeStore() {
    loop.await(store::close);
    admin.close();
  }

  @Test
  void neverGoBackNeitherAfterALeaseNorAfterTheRecordItself() {
    loop.await(store::open);
    List<Fence> last = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<Fence> fences = claimAll(round);
      for (int i = 0; i < last.size(); i++) {
        assertThat(fences.get(i).token()).isGreaterThan(last.get(i).token());
      }
      last = fences;
      if (round % 3 == 2) {
        expireAll();
      } else {
        pass(LEASE);
      }
    }
  }

  private List<Fence> claimAll(int round) {
    List<ClaimRequest> requests =
        IntStream.range(0, KEYS)
            .mapToObj(i -> new ClaimRequest("k" + i, round + "-" + i, "me", "ab".repeat(32), LEASE))
            .toList();
    return loop.await(() -> store.claim(requests)).stream().map(FencesIT::won).toList();
  }

  private static Fence won(Reply<ClaimAnswer> reply) {
    ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) reply).value();
    assertThat(answer.kind()).isEqualTo(Kind.WON);
    return Objects.requireNonNull(answer.fence());
  }

  /** As after their retention. */
  private void expireAll() {
    String[] keys =
        IntStream.range(0, KEYS)
            .mapToObj(i -> stream + ":idempotency:k" + i)
            .toArray(String[]::new);
    assertThat(admin.exists(keys)).isEqualTo(KEYS);
    Pipeline pipeline = admin.pipelined();
    for (String key : keys) {
      pipeline.pexpire(key, 1L);
    }
    pipeline.sync();
    eventually().until(() -> admin.exists(keys) == 0);
  }
}
