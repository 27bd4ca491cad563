package dev.tailrace.message;

/** A handler that may block; called on a worker thread, which is interrupted on cancellation. */
@FunctionalInterface
public non-sealed interface BlockingHandler extends HandlerShape {
  /** Handles one message; an exception becomes an outcome through the retry policy. */
  Outcome handle(Message message, MessageContext context) throws Exception;
}
