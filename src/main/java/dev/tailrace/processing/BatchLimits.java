package dev.tailrace.processing;

import java.time.Duration;

/**
 * When a batch is full, or waits no longer; whichever comes first.
 *
 * @param messages the most of one batch, at least 1; no more than there are permits come together
 * @param bytes the most of their payloads, at least 1; one message that is larger goes alone
 * @param maxWait how long its first message waits for others, while any can come; zero: for none
 *     that the source has yet to bring
 */
public record BatchLimits(int messages, long bytes, Duration maxWait) {
  /** 100 messages, 1 MiB, 100 ms. */
  public static final BatchLimits DEFAULT = new BatchLimits(100, 1L << 20, Duration.ofMillis(100));

  /** Refuses limits out of range. */
  public BatchLimits {
    if (messages < 1 || bytes < 1 || maxWait.isNegative()) {
      throw new IllegalArgumentException(
          "a batch has at least 1 message and 1 byte, and waits no less than 0");
    }
  }
}
