package dev.tailrace.message;

import io.vertx.core.Future;

/** An asynchronous handler; called on the consumer's event loop, which it must not block. */
@FunctionalInterface
public non-sealed interface MessageHandler extends HandlerShape {
  /**
   * Handles one message. The returned future's outcome is the acknowledgement; a failed future or
   * an exception becomes an outcome through the retry policy. A null outcome or a null future is a
   * programmer's error and counts as a reported failure.
   */
  Future<Outcome> handle(Message message, MessageContext context);
}
