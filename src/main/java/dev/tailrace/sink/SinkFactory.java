package dev.tailrace.sink;

import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;

/** The settings of one destination; makes one sink per consumer, on its event loop. */
public interface SinkFactory {
  /** Where the messages go, for people: {@code orders.dlq}. */
  String destination();

  /** Whether this destination is the given topic or stream of the same kind of broker. */
  boolean isSameAs(String kind, String name);

  /**
   * Makes the destination at its broker where it is not there yet. A pool never does that; a demo
   * and tests, which bring their own topics, do. Completes on any thread, once the broker shows it;
   * a destination that comes into being with its first message has nothing to do.
   *
   * @param partitions of a topic, at least 1; a stream has none
   */
  default Future<Void> create(int partitions) {
    return Future.succeededFuture();
  }

  /**
   * Takes away what {@link #create} or the first message made, with all that is in it: for those
   * who brought it. Called on an event loop, completes on any thread; fine where it is not there.
   */
  default Future<Void> remove(Loop loop) {
    return Future.failedFuture(
        new UnsupportedOperationException(destination() + " is not to be removed"));
  }

  /** Makes the sink; connects nothing. */
  Sink sink(Loop loop);

  /** Makes the reading end, for the dead letters that lie there; connects nothing. */
  DeadLetterBox box(Loop loop);
}
