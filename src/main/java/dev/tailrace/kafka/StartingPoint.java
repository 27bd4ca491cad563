package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where an assigned partition goes on.
 *
 * @param partition the assignment
 * @param topicPartition the same as Kafka names it
 * @param committed what the broker holds for the group, or null
 * @param start the offset that is read next
 * @param deviation why it does not go on where it was committed, or null where it does
 */
record StartingPoint(
    Partition partition,
    TopicPartition topicPartition,
    @Nullable Position committed,
    long start,
    @Nullable Deviation deviation) {

  /**
   * Positions at the broker are not what was committed.
   *
   * @param alarm the kind of alarm to raise
   * @param detail what happened, in words
   */
  record Deviation(Alarm alarm, String detail) {}
}
