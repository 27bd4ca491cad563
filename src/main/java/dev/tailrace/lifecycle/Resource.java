package dev.tailrace.lifecycle;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;

/**
 * Something that is started before messages flow and released after the last one, in the order of
 * what depends on what. Stopping it twice, or before its start, is fine.
 */
public interface Resource {
  /** Unique among the resources of a process. */
  String name();

  /** The names of resources that must be there before this one, and go after it. */
  default Set<String> dependsOn() {
    return Set.of();
  }

  /** Completes when the resource can be used. */
  default Future<Void> start() {
    return Future.succeededFuture();
  }

  /**
   * The most that its release may take; less where the phase has less. What takes longer is left,
   * and those it depends on are released nevertheless.
   */
  default Duration budget() {
    return Duration.ofSeconds(5);
  }

  /** Completes when it is released; what takes longer than {@code deadline} is left and named. */
  Future<Void> stop(Duration deadline);
}
