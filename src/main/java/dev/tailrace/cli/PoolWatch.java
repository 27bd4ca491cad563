package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.Tailrace;
import dev.tailrace.observe.PoolEvents;
import java.util.Optional;

/**
 * Watches a pool from its start to its report, and shows it. The calls come one after the other on
 * the main thread, return at once, and throw nothing.
 */
interface PoolWatch {
  /** Reads the pool's events. */
  default Optional<PoolEvents> reader() {
    return Optional.empty();
  }

  /** It starts. */
  void starting(Tailrace pool);

  /** It can be asked at these addresses; comes before {@link #running}. */
  default void listening(String probes, String admin) {}

  /** It consumes. */
  void running(Tailrace pool);

  /** It drains. */
  void draining(Tailrace pool);

  /** It is over. */
  void drained(DrainReport report);
}
