package dev.tailrace.kafka;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.runtime.Loop;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the way to a topic stands, as its last answer says. Event loop only. */
final class SinkStanding {
  private final Loop loop;
  private final String destination;

  private @Nullable String error; // event loop only; null while messages are acknowledged
  private Instant since; // event loop only

  SinkStanding(Loop loop, String destination) {
    this.loop = loop;
    this.destination = destination;
    this.error = "no answer yet";
    this.since = loop.wall();
  }

  /** A message was acknowledged, or the topic was reached. */
  void up() {
    if (error != null) {
      error = null;
      since = loop.wall();
    }
  }

  /** Nothing is acknowledged. */
  void down(String why) {
    if (error == null) {
      since = loop.wall();
    }
    error = why;
  }

  Connection connection() {
    return new Connection(destination, error == null, since, error);
  }
}
