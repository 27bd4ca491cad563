package dev.tailrace.runtime;

import io.vertx.core.Future;
import java.util.List;

/**
 * Blocking work that was handed to a worker.
 *
 * @param <T> its result
 */
public interface Work<T> {
  /** Completes in a turn of the loop when the work has really ended, interrupted or not. */
  Future<T> future();

  /** Interrupts the worker's thread if the work is running; work still queued fails unstarted. */
  void interrupt();

  /** Where the work is now; empty where it does not run. */
  List<StackTraceElement> stack();
}
