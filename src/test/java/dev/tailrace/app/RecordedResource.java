package dev.tailrace.app;

import dev.tailrace.lifecycle.Resource;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A resource that writes down its start and stop; thread-safe. */
final class RecordedResource implements Resource {
  private final String name;
  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile Future<Void> starting = Future.succeededFuture();
  volatile Future<Void> stopping = Future.succeededFuture();

  RecordedResource(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Future<Void> start() {
    calls.add("start");
    return starting;
  }

  @Override
  public Future<Void> stop(Duration deadline) {
    calls.add("stop");
    return stopping;
  }
}
