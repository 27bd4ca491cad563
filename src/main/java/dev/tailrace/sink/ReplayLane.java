package dev.tailrace.sink;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import dev.tailrace.runtime.ResendingBatcher.Pauses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of a replay to one destination: opened with the first letter that goes there, and sending
 * again what is not acknowledged. Belongs to its loop.
 */
final class ReplayLane {
  private static final Duration LONGEST_OPEN = Duration.ofSeconds(10);

  /** One request at a time, so that letters arrive in the order in which they are read. */
  private static final BatcherLimits LIMITS = new BatcherLimits(500, 1);

  private final Loop loop;
  private final Sink sink;
  private final ResendingBatcher<OutgoingMessage, Sink.Sent> letters;
  private @Nullable Future<Void> opened; // event loop only
  private long acknowledged; // event loop only

  ReplayLane(Loop loop, Sink sink) {
    this.loop = loop;
    this.sink = sink;
    this.letters = new ResendingBatcher<>(loop, LIMITS, Pauses.DEFAULT, new Letters(sink));
  }

  String destination() {
    return sink.destination();
  }

  long acknowledged() {
    return acknowledged;
  }

  /** Fails where the destination refuses, is not there, or does not answer in time. */
  Future<Void> open() {
    Future<Void> known = opened;
    if (known == null) {
      Promise<Void> promise = Promise.promise();
      opened = known = promise.future();
      TimeLimit.await(
          loop,
          sink::open,
          LONGEST_OPEN,
          new TimeLimit.Ends<>(
              promise::handle,
              () -> promise.fail(sink.destination() + " does not answer"),
              late -> {}));
    }
    return known;
  }

  /** Completes with the last word on the message; never fails. */
  Future<Reply<Sink.Sent>> send(OutgoingMessage message) {
    return letters
        .submit(message)
        .onSuccess(
            reply -> {
              if (reply.isOk()) {
                acknowledged++;
              }
            });
  }

  void stopResending() {
    letters.stopResending();
  }

  Future<Void> close() {
    return sink.close();
  }

  private record Letters(Sink sink)
      implements ResendingBatcher.Destination<OutgoingMessage, Sink.Sent> {
    @Override
    public Future<List<Reply<Sink.Sent>>> send(List<OutgoingMessage> messages) {
      return sink.send(messages);
    }

    @Override
    public boolean isFinal(Reply<Sink.Sent> reply) {
      return reply.isOk() || reply.cause() instanceof MessageRefusedException;
    }
  }
}
