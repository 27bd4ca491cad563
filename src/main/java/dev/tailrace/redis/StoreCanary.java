package dev.tailrace.redis;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a store has lost what it knew: a key beside the records, which nobody removes, is
 * gone or is another one. Looked at every second; who finds it gone sets it anew, and all others
 * find another one. A loss that no process lived through is not noticed. Belongs to its loop.
 */
final class StoreCanary {
  /** How soon a loss is noticed while the server answers. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final RedisScript CANARY = RedisScript.load("canary.lua");

  private final Loop loop;
  private final RedisLink link;
  private final String key;

  private Consumer<String> listener = loss -> {}; // event loop only
  private @Nullable String known; // event loop only
  private @Nullable Timer timer; // event loop only
  private boolean stopped; // event loop only

  /** Of the store whose canary lies at {@code key}. */
  StoreCanary(Loop loop, RedisLink link, String key) {
    this.loop = loop;
    this.link = link;
    this.key = key;
  }

  /** Told, in words, of each loss; replaces the listener before. */
  void onLoss(Consumer<String> told) {
    listener = told;
  }

  /** Looks now, and from now on; completes when it has looked once, whatever came of that. */
  Future<Void> start() {
    String mine = HexFormat.of().toHexDigits(loop.random().nextLong());
    return link.run(CANARY.call().key(key).arg(mine), String::valueOf)
        .onSuccess(this::looked)
        .mapEmpty();
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void again() {
    Future<Void> unused = start();
  }

  private void looked(Reply<String> reply) {
    if (reply instanceof Reply.Ok<String> ok) {
      boolean lost = known != null && !known.equals(ok.value());
      known = ok.value();
      if (lost) {
        listener.accept(key + " is gone, and with it what was finished: messages may repeat");
      }
    }
    if (!stopped) {
      timer = loop.after(INTERVAL, this::again);
    }
  }
}
