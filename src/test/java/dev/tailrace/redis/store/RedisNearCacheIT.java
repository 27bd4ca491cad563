package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.runtime.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** How long a store takes its own word for what it has done. */
class RedisNearCacheIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final EventLoop loop = new EventLoop();
  private final String namespace = Servers.uniqueName("near");
  private int claims;

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void whatWasDoneIsKnownWithoutTheServerUntilTheConnectionEnds() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisIdempotencyStore store = store(server.url());
      finish(store);
      server.pause();

      assertThat(claim(store)).isEqualTo(Kind.DONE);

      assertThat(ask(store, "another").isUnknown()).isTrue();
      assertThat(ask(store, "k").isUnknown()).as("the connection was given up").isTrue();
      loop.await(store::close);
    }
  }

  @Test
  void whatTheServerHasLostIsNotKnownNearEither() {
    String url = SharedServers.get().redis().url();
    RedisIdempotencyStore store = store(url);
    RecordedMemory memory = new RecordedMemory();
    store.onMemory(memory);
    finish(store);
    try (Jedis redis = new Jedis(URI.create(url))) {
      redis.del(namespace + ":idempotency:k", namespace + ":idempotency-canary");
    }

    await().atMost(LIMIT).until(() -> !memory.losses.isEmpty());

    assertThat(claim(store)).isEqualTo(Kind.WON);
    loop.await(store::close);
  }

  private void finish(RedisIdempotencyStore store) {
    Fence fence = Objects.requireNonNull(((Reply.Ok<ClaimAnswer>) ask(store, "k")).value().fence());
    Completion completion = new Completion(fence, false, LONG);
    assertThat(loop.await(() -> store.complete(List.of(completion))))
        .containsExactly(Reply.ok(true));
    assertThat(claim(store)).isEqualTo(Kind.DONE);
  }

  private Kind claim(RedisIdempotencyStore store) {
    return ((Reply.Ok<ClaimAnswer>) ask(store, "k")).value().kind();
  }

  private Reply<ClaimAnswer> ask(RedisIdempotencyStore store, String key) {
    ClaimRequest request = new ClaimRequest(key, "c" + claims++, "me", "ab".repeat(32), LONG);
    return loop.await(() -> store.claim(List.of(request))).get(0);
  }

  private RedisIdempotencyStore store(String url) {
    RedisIdempotencyStore store =
        loop.get(
            () ->
                new RedisIdempotencyStore(
                    loop.vertx(), loop.loop(), RedisConfig.of(url), namespace, 100));
    loop.await(store::open);
    return store;
  }
}
