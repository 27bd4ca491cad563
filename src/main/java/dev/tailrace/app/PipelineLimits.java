package dev.tailrace.app;

/**
 * The bounds of one pipeline in this process, or of one consumer as its share of them.
 *
 * @param concurrency messages executing at once
 * @param bufferMessages messages waiting or parked
 * @param bufferBytes their payload bytes
 * @param parked retries that wait, with what their lanes hold behind them
 */
public record PipelineLimits(int concurrency, int bufferMessages, long bufferBytes, int parked) {

  /** 256 executing, 2,048 messages or 64 MiB buffered, 512 parked. */
  public static final PipelineLimits DEFAULT = new PipelineLimits(256, 2_048, 64L << 20, 512);

  /** Refuses bounds below 1. */
  public PipelineLimits {
    if (concurrency < 1 || bufferMessages < 1 || bufferBytes < 1 || parked < 1) {
      throw new IllegalArgumentException("limits must be at least 1");
    }
  }

  /** Of each bound the larger one. */
  PipelineLimits or(PipelineLimits other) {
    return new PipelineLimits(
        Math.max(concurrency, other.concurrency),
        Math.max(bufferMessages, other.bufferMessages),
        Math.max(bufferBytes, other.bufferBytes),
        Math.max(parked, other.parked));
  }

  /**
   * The share of one consumer: an equal part, at least 1; the first ones take what is left over.
   *
   * @param index of the consumer, from 0
   * @param consumers how many share, at least 1
   */
  public PipelineLimits share(int index, int consumers) {
    return new PipelineLimits(
        (int) share(concurrency, index, consumers),
        (int) share(bufferMessages, index, consumers),
        share(bufferBytes, index, consumers),
        (int) share(parked, index, consumers));
  }

  private static long share(long whole, int index, int consumers) {
    return Math.max(1, whole / consumers + (index < whole % consumers ? 1 : 0));
  }
}
