package dev.tailrace.idempotency;

import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A kind of request to the store; while one is sent again, the store does not answer. */
class StoreDestination<T, R> implements ResendingBatcher.Destination<T, R> {
  private final Function<List<T>, Future<List<Reply<R>>>> operation;
  private final Consumer<@Nullable Throwable> changed;

  /**
   * Made for one operation.
   *
   * @param changed told when items begin to be sent again, with why, and, with null, when that ends
   */
  StoreDestination(
      Function<List<T>, Future<List<Reply<R>>>> operation, Consumer<@Nullable Throwable> changed) {
    this.operation = operation;
    this.changed = changed;
  }

  @Override
  public Future<List<Reply<R>>> send(List<T> items) {
    return operation.apply(items);
  }

  @Override
  public void resendingBegins(Throwable cause) {
    changed.accept(cause);
  }

  @Override
  public void resendingEnds() {
    changed.accept(null);
  }
}
