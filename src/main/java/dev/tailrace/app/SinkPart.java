package dev.tailrace.app;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.Sink;
import java.time.Instant;
import java.util.Set;

/** A sink of a consumer, and how the way to it stands. Belongs to the consumer's loop. */
final class SinkPart {
  private final Loop loop;
  private final String name;
  private final Sink sink;
  private boolean open; // event loop only
  private Instant since; // event loop only; when it opened, or else when it was made

  SinkPart(Loop loop, String name, Sink sink) {
    this.loop = loop;
    this.name = name;
    this.sink = sink;
    this.since = loop.wall();
  }

  Sink sink() {
    return sink;
  }

  Resource resource() {
    return new ConsumerPart(
        name, Set.of(), () -> sink.open().onSuccess(ready -> opened()), sink::close);
  }

  private void opened() {
    open = true;
    since = loop.wall();
  }

  Connection connection() {
    return sink.connection()
        .orElseGet(
            () -> new Connection(sink.destination(), open, since, open ? null : "no answer yet"));
  }
}
