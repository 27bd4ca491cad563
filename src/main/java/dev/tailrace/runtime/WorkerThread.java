package dev.tailrace.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one call on a worker: it can be interrupted while it runs the call, and never
 * before or after. Thread-safe.
 */
final class WorkerThread {
  private final Object lock = new Object();
  private @Nullable Thread runner; // guarded by lock
  private boolean withdrawn; // guarded by lock

  /**
   * The caller's thread begins the call.
   *
   * @return false where it was interrupted before: then it must not begin
   */
  boolean begin() {
    synchronized (lock) {
      if (!withdrawn) {
        runner = Thread.currentThread();
      }
      return !withdrawn;
    }
  }

  /** The caller's thread has ended the call; what it runs next is not interrupted. */
  void end() {
    synchronized (lock) {
      runner = null;
      // An interrupt that came at the last moment must not hit what this thread runs next.
      boolean ignored = Thread.interrupted();
    }
  }

  /**
   * Interrupts the call.
   *
   * @return false where none runs: then none will begin
   */
  boolean interrupt() {
    synchronized (lock) {
      withdrawn = runner == null;
      if (runner != null) {
        runner.interrupt();
      }
      return !withdrawn;
    }
  }

  /** Where the call is; empty where none runs. */
  List<StackTraceElement> stack() {
    synchronized (lock) {
      return runner == null ? List.of() : List.of(runner.getStackTrace());
    }
  }
}
