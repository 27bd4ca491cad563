package dev.tailrace.lifecycle;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A stop that happens once: the first call begins it, all others join it. Thread-safe.
 *
 * @param <T> what the stop ends with
 */
public final class JoinableStop<T> {
  private final AtomicReference<Promise<T>> ending = new AtomicReference<>();

  /**
   * Begins the stop, or joins the one that was begun. What {@code stop} throws fails the future.
   *
   * @param stop called for the first caller only, on that caller's thread
   */
  public Future<T> begin(Supplier<Future<T>> stop) {
    Promise<T> mine = Promise.promise();
    Promise<T> first = ending.compareAndExchange(null, mine);
    if (first != null) {
      return first.future();
    }
    Future<T> work;
    try {
      work = stop.get();
    } catch (RuntimeException failure) {
      work = Future.failedFuture(failure);
    }
    work.onComplete(mine);
    return mine.future();
  }

  /** The stop, where it was begun. */
  public Optional<Future<T>> begun() {
    return Optional.ofNullable(ending.get()).map(Promise::future);
  }
}
