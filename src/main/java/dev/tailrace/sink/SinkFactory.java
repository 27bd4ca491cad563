package dev.tailrace.sink;

import dev.tailrace.runtime.Loop;

/** The settings of one destination; makes one sink per consumer, on its event loop. */
public interface SinkFactory {
  /** Where the messages go, for people: {@code orders.dlq}. */
  String destination();

  /** Whether this destination is the given topic or stream of the same kind of broker. */
  boolean isSameAs(String kind, String name);

  /** Makes the sink; connects nothing. */
  Sink sink(Loop loop);
}
