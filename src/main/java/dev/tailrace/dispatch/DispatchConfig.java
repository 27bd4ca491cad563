package dev.tailrace.dispatch;

/**
 * The limits of one consumer; its share of its pipeline's.
 *
 * @param pipeline the pipeline's name
 * @param order which messages run one after the other
 * @param concurrency permits: messages executing at once, at least 1
 * @param bufferMessages messages waiting or parked, at least 1
 * @param bufferBytes their payload bytes, at least 1; one message that is larger passes alone
 * @param parked retries that wait without a permit, with what their lanes hold behind them, at
 *     least 1
 */
public record DispatchConfig(
    String pipeline,
    Order order,
    int concurrency,
    int bufferMessages,
    long bufferBytes,
    int parked) {
  /** Refuses limits below 1. */
  public DispatchConfig {
    if (concurrency < 1 || bufferMessages < 1 || bufferBytes < 1 || parked < 1) {
      throw new IllegalArgumentException("limits must be at least 1");
    }
  }
}
