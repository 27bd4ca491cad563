package dev.tailrace.source;

/**
 * The credit that all partitions of a source have left together, after everything that was polled
 * has been taken off. Zero or less where it is used up.
 *
 * @param messages that may still come
 * @param bytes that may still come
 */
public record CreditLeft(long messages, long bytes) {
  /** Where nothing may come. */
  public static final CreditLeft NONE = new CreditLeft(0, 0);

  /** Whether none is left, of the one or the other. */
  public boolean isUsedUp() {
    return messages <= 0 || bytes <= 0;
  }
}
