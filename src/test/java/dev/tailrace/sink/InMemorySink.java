package dev.tailrace.sink;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A destination in memory, which a test can make refuse or stay silent. Belongs to one loop. */
public final class InMemorySink implements Sink {
  private final String destination;
  private final List<OutgoingMessage> arrived = new ArrayList<>();
  private @Nullable Function<OutgoingMessage, Reply<Void>> weather;
  private int requests;
  private int closings;

  /** A sink that accepts everything. */
  public InMemorySink(String destination) {
    this.destination = destination;
  }

  /** From now on each message meets this; one whose reply is unknown has arrived all the same. */
  public void weather(Function<OutgoingMessage, Reply<Void>> now) {
    weather = now;
  }

  /** From now on all arrive and are acknowledged. */
  public void calm() {
    weather = null;
  }

  /** All that arrived, in order. */
  public List<OutgoingMessage> arrived() {
    return List.copyOf(arrived);
  }

  /** How often {@link #send} was called. */
  public int requests() {
    return requests;
  }

  /** How often {@link #close} was called. */
  public int closings() {
    return closings;
  }

  @Override
  public String destination() {
    return destination;
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    requests++;
    List<Reply<Sent>> replies = new ArrayList<>();
    for (OutgoingMessage message : messages) {
      replies.add(one(message));
    }
    return Future.succeededFuture(replies);
  }

  private Reply<Sent> one(OutgoingMessage message) {
    Reply<Void> reply = weather == null ? null : weather.apply(message);
    if (reply instanceof Reply.Failed<Void> failed) {
      return Reply.failed(failed.cause());
    }
    arrived.add(message);
    return reply instanceof Reply.Unknown<Void> unknown
        ? Reply.unknown(unknown.cause())
        : Reply.ok(new Sent(destination + "@" + (arrived.size() - 1)));
  }

  @Override
  public Future<Void> close() {
    closings++;
    return Future.succeededFuture();
  }
}
