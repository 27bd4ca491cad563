package dev.tailrace.processing;

import java.time.Duration;

/**
 * How a message starts that may have ended a process: alone, and its count is written before.
 * Called on the consumer's loop.
 */
public interface Solo {
  /** Whose start it is. */
  Flight flight();

  /** No other message of the pool is under way: it starts as soon as its count is written. */
  void start();

  /**
   * It was not alone in time, or must not start any more: unless it has started, it lands, to come
   * again after {@code delay}.
   */
  void giveUp(Duration delay);
}
