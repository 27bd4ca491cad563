package dev.tailrace.processing;

import dev.tailrace.idempotency.ClaimClient;
import java.time.Duration;

/**
 * How a message starts that may have ended a process: alone, and its count is written before.
 * Called on the consumer's loop.
 */
public interface Solo {
  /**
   * How long it waits to be alone at least: a claim that waits for the one of this message, as its
   * key is the same, is answered as busy by then. Else each would wait for the other, and those
   * that come next likewise.
   */
  Duration LEAST_PATIENCE = ClaimClient.LOCAL_WAIT.multipliedBy(2);

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
