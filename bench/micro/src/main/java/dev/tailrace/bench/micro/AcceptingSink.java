package dev.tailrace.bench.micro;

import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;

/** A destination that has whatever it is sent at once, and keeps nothing. */
final class AcceptingSink implements Sink {
  private static final Reply<Sent> SENT = Reply.ok(new Sent("orders.dlq/0@0"));

  @Override
  public String destination() {
    return "nowhere";
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    return Future.succeededFuture(Collections.nCopies(messages.size(), SENT));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
