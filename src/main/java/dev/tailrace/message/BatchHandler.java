package dev.tailrace.message;

import io.vertx.core.Future;
import java.util.List;

/**
 * An asynchronous handler of several messages at once, such as a bulk insert; called on the
 * consumer's event loop, which it must not block. A batch holds one message of each key, or of each
 * partition, as the order of its pipeline says; any where that is {@code unordered}. Each message
 * has a permit, an attempt, a time-out and an end of its own.
 */
@FunctionalInterface
public non-sealed interface BatchHandler extends HandlerShape {
  /**
   * Handles a batch of at least one message. The returned future's list holds the outcome of each
   * message, in the same order; it is the acknowledgement of each.
   *
   * <p>A failed future, an exception or a list of another size says nothing of single messages:
   * each of them has failed, and may be tried again, whatever the error was. From then on each runs
   * as a batch of one, so that a message which spoils every batch spoils no other one, and where
   * the error says what it says of a single message.
   *
   * @param batch immutable, in no order that means anything; it may be used after the call, too
   */
  Future<List<Outcome>> handle(List<MessageContext> batch);
}
