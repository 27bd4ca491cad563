package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint.Deviation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * What becomes of partitions whose next position the broker does not hold while they are read. The
 * client's own way, to go on somewhere else and say nothing, is never taken. Poll thread only.
 *
 * <p>Below the oldest: messages were deleted before they were read, and reading goes on at the
 * oldest. Above the newest, or where the log was cut: the partition begins anew in another epoch,
 * where the group's committed position lies, if that is still held; what was finished above may be
 * other messages by now, and is not believed.
 */
final class UnheldPositions {
  /** Goes on the detail of a partition that is read no further. */
  static final String HELD =
      ": held, as out-of-range says; set the group's position and start again";

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final Executor loop;
  private final Consumer<byte[], byte[]> client;
  private final GroupMembership membership;
  private final GroupEvents events;
  private final OutOfRange policy;

  UnheldPositions(
      Executor loop,
      Consumer<byte[], byte[]> client,
      GroupMembership membership,
      GroupEvents events,
      OutOfRange policy) {
    this.loop = loop;
    this.client = client;
    this.membership = membership;
    this.events = events;
    this.policy = policy;
  }

  /** Finds out what there is; blocks, at most twice its limit. The client throws it again else. */
  void resolve(OffsetOutOfRangeException failure) {
    Map<TopicPartition, Long> unheld = failure.offsetOutOfRangePartitions();
    Map<TopicPartition, Long> first = client.beginningOffsets(unheld.keySet(), LIMIT);
    Map<TopicPartition, Long> end = client.endOffsets(unheld.keySet(), LIMIT);
    unheld.forEach(
        (name, position) -> {
          Partition partition = membership.owned().get(name);
          Long lowest = first.get(name);
          Long highest = end.get(name);
          if (partition != null && lowest != null && highest != null) {
            if (position < lowest) {
              deleted(name, partition, position, lowest);
            } else {
              cut(name, partition, position, cutAt(failure, name, highest));
            }
          }
        });
  }

  private static long cutAt(OffsetOutOfRangeException failure, TopicPartition name, long end) {
    OffsetAndMetadata diverging =
        failure instanceof LogTruncationException truncation
            ? truncation.divergentOffsets().get(name)
            : null;
    return diverging == null ? end : Math.min(end, diverging.offset());
  }

  private void deleted(TopicPartition name, Partition partition, long position, long lowest) {
    String what = "offsets " + position + " to " + (lowest - 1) + " were deleted unread";
    if (policy == OutOfRange.HOLD) {
      hold(name, partition, new Deviation(Alarm.SOURCE_LOSS, what + HELD));
    } else {
      client.seek(name, lowest);
      loop.execute(() -> events.deviated(partition, new Deviation(Alarm.SOURCE_LOSS, what)));
    }
  }

  private void cut(TopicPartition name, Partition partition, long position, long end) {
    String what = "reads at " + position + ", and the log was cut at " + end + " or made anew";
    if (policy == OutOfRange.HOLD) {
      hold(name, partition, new Deviation(Alarm.SOURCE_RESET, what + HELD));
      return;
    }
    loop.execute(
        () -> {
          events.deviated(partition, new Deviation(Alarm.SOURCE_RESET, what));
          events.lost(List.of(partition));
        });
    membership.restart(partition, end);
  }

  private void hold(TopicPartition name, Partition partition, Deviation why) {
    membership.hold(name);
    loop.execute(() -> events.deviated(partition, why));
  }
}
