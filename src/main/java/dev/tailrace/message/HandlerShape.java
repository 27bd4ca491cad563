package dev.tailrace.message;

import io.vertx.core.Future;

/**
 * What all handlers have in common: a start and a stop. A handler is started before its first
 * message, on the event loop of the consumer that owns it, and stopped after its last one.
 */
public sealed interface HandlerShape permits MessageHandler, BlockingHandler, BatchHandler {
  /** Called once before the first message; a failed future fails the start of the pipeline. */
  default Future<?> start(HandlerEnvironment environment) {
    return Future.succeededFuture();
  }

  /** Called once after the last message; bounded by the drain's deadline. */
  default Future<?> stop() {
    return Future.succeededFuture();
  }
}
