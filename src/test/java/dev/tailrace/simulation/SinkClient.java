package dev.tailrace.simulation;

import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way of one consumer to a simulated destination.
 *
 * @param destination its name
 * @param link the way there
 * @param append what becomes of messages that arrive
 */
record SinkClient(
    String destination, Link link, Function<List<OutgoingMessage>, List<Reply<Sink.Sent>>> append)
    implements Sink {
  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    List<OutgoingMessage> copy = List.copyOf(messages);
    Supplier<List<Reply<Sent>>> refusal =
        () ->
            copy.stream()
                .map(each -> Reply.<Sent>failed(new Link.Unanswered("no connection")))
                .toList();
    return link.ask(() -> append.apply(copy), refusal);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
