package dev.tailrace.redis.store;

import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * One piece of work at a time, in the order in which they were given: a watch belongs to the
 * connection, and ends with the next transaction on it. Belongs to its loop.
 */
final class Turns {
  private final Loop loop;
  private final ArrayDeque<Runnable> waiting =
      new ArrayDeque<>(); // event loop only; the store's callers bound it
  private boolean busy; // event loop only

  Turns(Loop loop) {
    this.loop = loop;
  }

  /** Does it when all that was given before has ended; completes as it does. */
  <T> Future<T> take(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    waiting.add(
        () ->
            work.get()
                .onComplete(
                    result -> {
                      busy = false;
                      next();
                      done.handle(result);
                    }));
    next();
    return done.future();
  }

  private void next() {
    assert loop.inLoop();
    Runnable first = busy ? null : waiting.poll();
    if (first != null) {
      busy = true;
      first.run();
    }
  }
}
