package dev.tailrace.app;

import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
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
 * @param whenUnavailable what a store that does not answer means for the messages
 */
public record Idempotency(
    StoreFactory store,
    KeyRule key,
    Duration lease,
    Duration retention,
    WhenUnavailable whenUnavailable) {
  private static final Duration TRIAL_RETENTION = Duration.ofMinutes(10);

  /** While the store is away, messages wait for it. */
  public Idempotency(StoreFactory store, KeyRule key, Duration lease, Duration retention) {
    this(store, key, lease, retention, WhenUnavailable.PAUSE);
  }

  /** Claims leased for 9 s, keys remembered for 7 days. */
  public static Idempotency of(StoreFactory store, KeyRule key) {
    return new Idempotency(store, key, Duration.ofSeconds(9), Duration.ofDays(7));
  }

  /** The same where messages run without a claim, in grade A, while the store is away. */
  public Idempotency processingWhenUnavailable() {
    return new Idempotency(store, key, lease, retention, WhenUnavailable.PROCESS);
  }

  /** The same for messages that are told apart by a header, and need not be known for long. */
  Idempotency forTrial(String header) {
    KeyRule byHeader = KeyRule.parse("header:" + header, KeyRule.OnMissing.POSITION);
    return new Idempotency(store, byHeader, lease, TRIAL_RETENTION, whenUnavailable);
  }

  /** Whether messages run without a claim while the store does not answer. */
  boolean processesUnclaimed() {
    return whenUnavailable == WhenUnavailable.PROCESS;
  }
}
