package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.runtime.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many who want the same keys at once, and keys that come again after they were forgotten. */
class RedisStoreRacesIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LEASE = Duration.ofSeconds(9);
  private static final String HASH = "ab".repeat(32);

  private final EventLoop loop = new EventLoop();
  private final String namespace = Servers.uniqueName("races");

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void ofSixteenWorkersThatRaceForAHundredThousandClaimsOneDoesEachKeyOnce() {
    int workers = 16;
    int keys = 100_000 / workers;
    Map<String, Integer> effects = new HashMap<>(); // event loop only
    List<Racer> racers = IntStream.range(0, workers).mapToObj(i -> racer(i, effects)).toList();

    racers.forEach(racer -> loop.run(() -> racer.run(keys)));

    await()
        .atMost(LIMIT)
        .until(() -> loop.get(() -> racers.stream().allMatch(racer -> racer.skipped == keys)));
    Map<String, Integer> done = loop.get(() -> Map.copyOf(effects));
    assertThat(done).hasSize(keys);
    assertThat(done.values()).as("effects of each key").containsOnly(1);
    racers.forEach(
        racer -> {
          loop.run(racer.client::close);
          loop.await(racer.store::close);
        });
  }

  @Test
  void overTenThousandClaimsOfKeysThatExpireInBetweenFencesNeverGoBack() {
    RedisIdempotencyStore store = store();
    loop.await(store::open);
    Map<String, Long> tokens = new HashMap<>();
    for (int round = 0; round < 20; round++) {
      String claim = "round-" + round;
      List<ClaimRequest> requests =
          IntStream.range(0, 500)
              .mapToObj(i -> new ClaimRequest("k" + i, claim + "-" + i, "o", HASH, LEASE))
              .toList();
      // What was finished lasts for 1 ms, so that it is gone for the next round, which comes later.
      await()
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .until(() -> allWon(loop.await(() -> store.claim(requests)), tokens));
      List<Completion> completions =
          requests.stream()
              .map(request -> new Fence(request.key(), request.claimId(), token(tokens, request)))
              .map(fence -> new Completion(fence, false, Duration.ofMillis(1)))
              .toList();
      assertThat(loop.await(() -> store.complete(completions)))
          .allMatch(reply -> reply.equals(Reply.ok(true)));
    }
    loop.await(store::close);
  }

  private static long token(Map<String, Long> tokens, ClaimRequest request) {
    return Objects.requireNonNull(tokens.get(request.key()));
  }

  /** Whether all were won; each with a fence that is not below the one before of its key. */
  private static boolean allWon(List<Reply<ClaimAnswer>> replies, Map<String, Long> tokens) {
    boolean all = true;
    for (Reply<ClaimAnswer> reply : replies) {
      Fence fence = ((Reply.Ok<ClaimAnswer>) reply).value().fence();
      all &= fence != null;
      if (fence != null) {
        Long before = tokens.put(fence.key(), fence.token());
        assertThat(fence.token()).isGreaterThanOrEqualTo(before == null ? 1 : before);
      }
    }
    return all;
  }

  private Racer racer(int number, Map<String, Integer> effects) {
    RedisIdempotencyStore store = store();
    loop.await(store::open);
    ClaimConfig config =
        ClaimConfig.of("racer-" + number, LEASE, Duration.ofHours(1), WhenUnavailable.PAUSE);
    return loop.get(() -> new Racer(store, new ClaimClient(loop.loop(), store, config), effects));
  }

  private RedisIdempotencyStore store() {
    RedisConfig config = RedisConfig.of(SharedServers.get().redis().url());
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, namespace));
  }

  /** Wants every key, and asks again for those that another has, until they are done. */
  private final class Racer {
    private final RedisIdempotencyStore store;
    private final ClaimClient client;
    private final Map<String, Integer> effects;
    private final List<String> busy = new ArrayList<>(); // event loop only
    private int skipped; // event loop only: keys known to be done
    private boolean asking; // event loop only

    Racer(RedisIdempotencyStore store, ClaimClient client, Map<String, Integer> effects) {
      this.store = store;
      this.client = client;
      this.effects = effects;
    }

    void run(int keys) {
      for (int i = 0; i < keys; i++) {
        ask("key-" + i);
      }
    }

    private void ask(String key) {
      client.claim(key, HASH, () -> {}).onSuccess(reply -> answered(key, reply));
    }

    private void answered(String key, Reply<ClaimAnswer> reply) {
      ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) reply).value();
      Fence fence = answer.fence();
      if (fence != null) {
        effects.merge(key, 1, Integer::sum);
        client.complete(fence, false).onSuccess(marked -> skipped++);
      } else if (answer.kind() == Kind.DONE) {
        skipped++;
      } else {
        busy.add(key);
        again();
      }
    }

    private void again() {
      if (!asking) {
        asking = true;
        loop.loop()
            .after(
                Duration.ofMillis(20),
                () -> {
                  asking = false;
                  List<String> all = List.copyOf(busy);
                  busy.clear();
                  all.forEach(this::ask);
                });
      }
    }
  }
}
