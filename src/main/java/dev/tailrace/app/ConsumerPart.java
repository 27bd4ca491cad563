package dev.tailrace.app;

import dev.tailrace.lifecycle.Resource;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A part of a consumer as a resource.
 *
 * @param name for people
 * @param dependsOn the names of those that start before it
 * @param opening starts it
 * @param closing stops it
 */
record ConsumerPart(
    String name,
    Set<String> dependsOn,
    Supplier<Future<Void>> opening,
    Supplier<Future<Void>> closing)
    implements Resource {
  @Override
  public Future<Void> start() {
    return opening.get();
  }

  @Override
  public Future<Void> stop(Duration deadline) {
    return closing.get();
  }
}
