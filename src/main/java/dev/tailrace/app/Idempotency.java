package dev.tailrace.app;

import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.StoreFactory;
import java.time.Duration;

/**
 * How a pipeline recognizes repeated messages.
 *
 * @param store makes the store of each consumer
 * @param key makes the key of each message
 * @param lease how long a claim outlives its holder; it is renewed at a third of it
 * @param retention how long a finished key is remembered
 */
public record Idempotency(StoreFactory store, KeyRule key, Duration lease, Duration retention) {

  /** Claims leased for 9 s, keys remembered for 7 days. */
  public static Idempotency of(StoreFactory store, KeyRule key) {
    return new Idempotency(store, key, Duration.ofSeconds(9), Duration.ofDays(7));
  }
}
