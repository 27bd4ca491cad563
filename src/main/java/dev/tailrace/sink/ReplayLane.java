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
  private long replayed; // event loop only

  ReplayLane(Loop loop, Sink sink) {
    this.loop = loop;
    this.sink = sink;
    this.letters =
        new ResendingBatcher<>(loop, LIMITS, Pauses.DEFAULT, new LetterDestination(sink));
  }

  String destination() {
    return sink.destination();
  }

  /** Letters that were acknowledged, or only counted. */
  long replayed() {
    return replayed;
  }

  /** Counts a letter that is not sent, since nothing is. */
  void count() {
    replayed++;
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
                replayed++;
              }
            });
  }

  void stopResending() {
    letters.stopResending();
  }

  Future<Void> close() {
    return sink.close();
  }
}
