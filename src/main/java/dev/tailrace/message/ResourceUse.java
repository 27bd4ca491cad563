package dev.tailrace.message;

import io.vertx.core.Future;

/**
 * One handler's use of a {@link SharedResource}. Thread-safe.
 *
 * @param <T> what is shared
 */
public interface ResourceUse<T> {
  /**
   * What is shared; it is there when a handler that declared it in its factory is started.
   *
   * @throws IllegalStateException where it is not open yet, or could not be opened
   */
  T get();

  /**
   * Completes with it on the handler's event loop; fails where it could not be opened. For what is
   * declared in {@link HandlerShape#start}, or opened after it.
   */
  Future<T> opened();
}
