package dev.tailrace.sink;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Sends messages and says which arrived. Belongs to one event loop. */
public interface Sink {
  /** Where the messages go, for people: {@code kafka orders.dlq}. */
  String destination();

  /** Connects; completes when a message could be sent. */
  Future<Void> open();

  /** How the way to the destination stands; empty where it does not tell. */
  default Optional<Connection> connection() {
    return Optional.empty();
  }

  /**
   * Sends all; one reply per message, in order, when its destination has acknowledged it. A message
   * that can never be accepted (too large, say) is failed with {@link MessageRefusedException}.
   */
  Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages);

  /**
   * Sends each by itself; the replies in the order of the messages. For those that implement it.
   */
  static Future<List<Reply<Sent>>> each(
      List<OutgoingMessage> messages, Function<OutgoingMessage, Future<Reply<Sent>>> send) {
    return Future.join(messages.stream().map(send).toList()).map(sent -> sent.<Reply<Sent>>list());
  }

  /** Waits for nothing, frees connections, never fails. */
  Future<Void> close();

  /**
   * Where a message arrived.
   *
   * @param position as printed: {@code orders.dlq/0@12}
   */
  record Sent(String position) {}
}
