package dev.tailrace.source;

/**
 * The lowest message of a partition or stream that is not finished.
 *
 * @param position its position there, as printed
 * @param keyHash of its key, as in reports; "" without a key, or where the pool does not know it
 */
public record MarkHolder(String position, String keyHash) {}
