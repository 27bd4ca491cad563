package dev.tailrace.sink;

import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import io.vertx.core.Future;
import java.util.List;

/** A sink to which letters are sent until it acknowledges them or will never take them. */
class LetterDestination implements ResendingBatcher.Destination<OutgoingMessage, Sink.Sent> {
  private final Sink sink;

  LetterDestination(Sink sink) {
    this.sink = sink;
  }

  @Override
  public final Future<List<Reply<Sink.Sent>>> send(List<OutgoingMessage> messages) {
    return sink.send(messages);
  }

  @Override
  public final boolean isFinal(Reply<Sink.Sent> reply) {
    return reply.isOk() || reply.cause() instanceof MessageRefusedException;
  }
}
