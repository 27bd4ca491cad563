package dev.tailrace.redis;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows since when a store remembers: a key beside the records, which nobody removes, holds the
 * moment at which it was set, and goes with them. Every claim looks at it in the same script, and
 * sets it where it is gone: so no claim is won in a store that has forgotten others without a newer
 * moment, and who comes after a loss that no process lived through finds that moment, too. Looked
 * at every second besides. Belongs to its loop.
 */
final class StoreCanary {
  /** How soon a loss is noticed while nothing is claimed and the server answers. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Loop loop;
  private final String key;
  private final Supplier<Future<Reply<Long>>> look;

  private LongConsumer memory = since -> {}; // event loop only
  private Consumer<String> losses = loss -> {}; // event loop only
  private long since; // event loop only; 0 where it is not known yet
  private @Nullable Timer timer; // event loop only
  private boolean stopped; // event loop only

  /**
   * Of the store whose canary lies at {@code key}.
   *
   * @param look asks the server since when it remembers
   */
  StoreCanary(Loop loop, String key, Supplier<Future<Reply<Long>>> look) {
    this.loop = loop;
    this.key = key;
    this.look = look;
  }

  /** Told since when the store remembers, in µs of its clock; replaces the listener before. */
  void onMemory(LongConsumer told) {
    memory = told;
  }

  /** Told, in words, of each loss; replaces the listener before. */
  void onLoss(Consumer<String> told) {
    losses = told;
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

  /** What a look, or a claim, has found. */
  void saw(long now) {
    assert loop.inLoop();
    if (now == since) {
      return;
    }
    boolean lost = since != 0;
    since = now;
    memory.accept(now);
    if (lost) {
      losses.accept(key + " is gone, and with it what was finished: messages may repeat");
    }
  }

  private void again() {
    Future<Void> unused = start();
  }

  private void looked(Reply<Long> reply) {
    if (reply instanceof Reply.Ok<Long> ok) {
      saw(ok.value());
    }
    if (!stopped) {
      timer = loop.after(INTERVAL, this::again);
    }
  }
}
