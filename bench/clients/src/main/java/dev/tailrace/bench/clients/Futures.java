package dev.tailrace.bench.clients;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/** Waits for futures, outside of event loops. */
final class Futures {
  private static final long MOST_SECONDS = 60;

  private Futures() {}

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(MOST_SECONDS, TimeUnit.SECONDS);
  }
}
