package dev.tailrace.source;

/**
 * One assignment of a partition or stream: the same partition assigned again is another value, with
 * a higher epoch. Work is identified by (partition, position, epoch).
 *
 * @param source the partition or stream as printed, {@code orders/2} or {@code payments}
 * @param epoch grows with every assignment within this process, from 1
 */
public record Partition(String source, int epoch) {
  @Override
  public String toString() {
    return source + "#" + epoch;
  }
}
