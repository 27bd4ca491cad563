package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.runtime.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Claims of keys, each by an id of its own. */
record StoreClaims(EventLoop loop) {
  static final Duration LEASE = Duration.ofMinutes(1);

  private static final int AT_ONCE = 50;

  static ClaimRequest request(String key) {
    String claimId = Servers.uniqueName("claim");
    return new ClaimRequest(key, claimId, "owner#1", "ab".repeat(32), LEASE);
  }

  ClaimAnswer claim(RedisIdempotencyStore store, String key) {
    return answer(loop.await(() -> store.claim(List.of(request(key)))).get(0));
  }

  Fence win(RedisIdempotencyStore store, String key) {
    return Objects.requireNonNull(claim(store, key).fence(), "not won");
  }

  /** All of these stores claim the same keys at once; the key of each claim that won. */
  List<String> race(List<RedisIdempotencyStore> stores, int keys) {
    List<CompletableFuture<List<Reply<ClaimAnswer>>>> all = new ArrayList<>();
    for (int begin = 0; begin < keys; begin += AT_ONCE) {
      List<Integer> part = IntStream.range(begin, Math.min(keys, begin + AT_ONCE)).boxed().toList();
      for (RedisIdempotencyStore store : stores) {
        all.add(
            loop.start(() -> store.claim(part.stream().map(i -> request("race-" + i)).toList())));
      }
    }
    return all.stream()
        .flatMap(answers -> answers.join().stream())
        .map(StoreClaims::answer)
        .filter(answer -> answer.kind() == Kind.WON)
        .map(answer -> Objects.requireNonNull(answer.fence()).key())
        .toList();
  }

  static ClaimAnswer answer(Reply<ClaimAnswer> reply) {
    return ((Reply.Ok<ClaimAnswer>) reply).value();
  }
}
