package dev.tailrace.redis;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.StoreOperations.Sight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a store has lost. Belongs to its loop.
 *
 * <p>A key beside the records, which nobody removes, holds the moment at which it was set, and goes
 * with them. Every claim looks at it in the same step, and sets it where it is gone: so no claim is
 * won in a store that has forgotten others without a newer moment, and who comes after a loss that
 * no process lived through finds that moment, too. Looked at every second besides.
 *
 * <p>A server that was started again, or that took another's place, may lack what was written last,
 * and nothing else. Another key has the server's run id, and when something was written last; with
 * it, whoever comes first to the new server finds how far that knows the old one's life. Where
 * something was confirmed here after that, it is lost.
 */
final class StoreCanary {
  /** How soon a loss is noticed while nothing is claimed and the server answers. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Loop loop;
  private final String key;
  private final Supplier<Future<Reply<Sight>>> look;

  private StoreMemory memory = new StoreMemory() {}; // event loop only
  private long since; // event loop only; 0 where it is not known yet
  private long began; // event loop only: of the server's life; 0 where it is not known
  private long confirmed; // event loop only: when what we know to be written last was
  private @Nullable Timer timer; // event loop only
  private boolean stopped; // event loop only

  /**
   * Of the store whose canary lies at {@code key}.
   *
   * @param look asks the server
   */
  StoreCanary(Loop loop, String key, Supplier<Future<Reply<Sight>>> look) {
    this.loop = loop;
    this.key = key;
    this.look = look;
  }

  /** Told what is found out; replaces the listener before. */
  void onMemory(StoreMemory listener) {
    memory = listener;
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
    boolean forgotten = sight.since() != 0 && sight.since() != since;
    if (forgotten) {
      boolean lost = since != 0;
      since = sight.since();
      memory.remembers(sight.since());
      if (lost) {
        memory.lost(key + " is gone, and with it what was finished: messages may repeat");
      }
    }
    if (sight.began() != 0) {
      sawLife(sight, forgotten);
    }
  }

  private void sawLife(Sight sight, boolean forgotten) {
    if (sight.began() != began && !forgotten) {
      if (sight.tail() != 0) {
        memory.forgot(sight.tail(), sight.began());
      }
      if (began != 0 && confirmed > sight.tail()) {
        memory.lost(
            "the server was started again, or replaced, without the last %d ms of what it had confirmed: messages that finished then may repeat"
                .formatted((confirmed - sight.tail()) / 1_000));
      }
    }
    confirmed = sight.began() == began ? Math.max(confirmed, sight.now()) : sight.now();
    began = sight.began();
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
