package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.PayloadHash;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.VertxLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The store of Tailrace as a consumer uses it: each message's key is claimed with the hash of its
 * payload, and marked as done.
 */
public final class StoreContender implements Contender {
  private static final int NEAR = 10_000; // as by default

  private final Vertx vertx = EventLoops.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final CompletableFuture<Claims> claims = new CompletableFuture<>();

  @Override
  public void start(Setting setting, Work work) {
    context.runOnContext(
        any -> {
          Loop loop = new VertxLoop();
          RedisConfig server = RedisSettings.ours(setting);
          RedisIdempotencyStore store =
              new RedisIdempotencyStore(vertx, loop, server, setting.get("group"), NEAR);
          ClaimConfig config =
              ClaimConfig.of(
                  "bench",
                  Duration.ofMillis(setting.number("lease-millis")),
                  Duration.ofMillis(setting.number("retention-millis")),
                  WhenUnavailable.PAUSE);
          Claims made = new Claims(new ClaimClient(loop, store, config), store, setting, work);
          store.open().onSuccess(opened -> made.pacing.begin());
          claims.complete(made);
        });
  }

  private final class Claims {
    private final ClaimClient client;
    private final RedisIdempotencyStore store;
    private final Pacing pacing;

    Claims(ClaimClient client, RedisIdempotencyStore store, Setting setting, Work work) {
      this.client = client;
      this.store = store;
      this.pacing = new Pacing(vertx, setting, work, this::claim);
    }

    private void claim(Pacing.Message message) {
      client
          .claim(message.key(), PayloadHash.of(message.body()), () -> {})
          .onSuccess(reply -> claimed(message, reply));
    }

    private void claimed(Pacing.Message message, Reply<ClaimAnswer> reply) {
      Fence fence = reply instanceof Reply.Ok<ClaimAnswer> ok ? ok.value().fence() : null;
      if (fence == null) {
        throw new IllegalStateException(message.key() + " is claimed already: " + reply);
      }
      client.complete(fence, false).onSuccess(marked -> pacing.ended(message));
    }
  }

  @Override
  public void stop() throws Exception {
    Claims made = claims.join();
    made.pacing.stop(context);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    context.runOnContext(
        any -> {
          made.client.close();
          made.store.close().onComplete(ended -> closed.complete(null));
        });
    closed.join();
    Futures.await(vertx.close());
  }
}
