package dev.tailrace.app;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/** Awaits futures on the test's thread. */
final class Results {
  private Results() {}

  /** The future's result, within a time that no healthy run needs. */
  static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
  }
}
