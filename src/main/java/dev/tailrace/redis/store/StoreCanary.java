package dev.tailrace.redis.store;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.store.StoreOperations.Sight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a store has lost: every claim and every mark looks at what tells of losses, and so
 * does this once a second. Belongs to its loop.
 */
final class StoreCanary {
  /** How soon a loss is noticed while nothing is claimed and the server answers. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Loop loop;
  private final LossWatch losses;
  private final Supplier<Future<Reply<Sight>>> look;

  private @Nullable Timer timer; // event loop only
  private boolean stopped; // event loop only

  /**
   * Of one store.
   *
   * @param losses told what is seen
   * @param look asks the servers
   */
  StoreCanary(Loop loop, LossWatch losses, Supplier<Future<Reply<Sight>>> look) {
    this.loop = loop;
    this.losses = losses;
    this.look = look;
  }

  /** Told what is found out; replaces the listener before. */
  void onMemory(StoreMemory listener) {
    losses.onMemory(listener);
  }

  /** Looks now, and from now on; completes when it has looked once, whatever came of that. */
  Future<Void> start() {
    return look.get().onSuccess(this::looked).mapEmpty();
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** What a look, a claim or a mark has found. */
  void saw(Sight sight) {
    assert loop.inLoop();
    losses.saw(sight);
  }

  private void again() {
    Future<Void> unused = start();
  }

  private void looked(Reply<Sight> reply) {
    if (reply instanceof Reply.Ok<Sight> ok) {
      saw(ok.value());
    }
    if (!stopped) {
      timer = loop.after(INTERVAL, this::again);
    }
  }
}
