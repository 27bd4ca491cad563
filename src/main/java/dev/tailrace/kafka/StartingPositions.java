package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.StartingPoint.Deviation;
import dev.tailrace.source.UnfitException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds where newly assigned partitions go on, and puts the client there: at the committed
 * position, or where a new group begins. The client's own reset policy is never asked: it would
 * skip, under {@code latest}, what is written between an outage and the reset.
 */
final class StartingPositions {
  private final StartPosition policy;

  StartingPositions(StartPosition policy) {
    this.policy = policy;
  }

  /**
   * Reads positions and seeks. Poll thread; blocks, at most four times {@code limit}.
   *
   * @throws UnfitException where a group without positions must not begin
   */
  List<StartingPoint> find(
      Consumer<byte[], byte[]> client, Map<TopicPartition, Partition> assigned, Duration limit) {
    Set<TopicPartition> all = assigned.keySet();
    Map<TopicPartition, OffsetAndMetadata> committed = client.committed(all, limit);
    Map<TopicPartition, Long> first = client.beginningOffsets(all, limit);
    Map<TopicPartition, Long> end = client.endOffsets(all, limit);
    Map<TopicPartition, Long> fresh = fresh(client, all, committed, new Range(first, end), limit);
    List<StartingPoint> points = new ArrayList<>(assigned.size());
    assigned.forEach(
        (topicPartition, partition) -> {
          OffsetAndMetadata known = committed.get(topicPartition);
          StartingPoint point =
              known == null
                  ? new StartingPoint(partition, null, at(fresh, topicPartition), null)
                  : resumed(partition, topicPartition, known, first, end);
          if (known != null && point.start() == known.offset()) {
            client.seek(topicPartition, known); // with its leader epoch, so truncation is noticed
          } else {
            client.seek(topicPartition, point.start());
          }
          points.add(point);
        });
    return points;
  }

  private record Range(Map<TopicPartition, Long> first, Map<TopicPartition, Long> end) {}

  private static StartingPoint resumed(
      Partition partition,
      TopicPartition topicPartition,
      OffsetAndMetadata known,
      Map<TopicPartition, Long> first,
      Map<TopicPartition, Long> end) {
    Position committed = new Position(known.offset(), known.metadata());
    long lowest = at(first, topicPartition);
    long highest = at(end, topicPartition);
    if (committed.offset() < lowest) {
      String lost =
          "offsets " + committed.offset() + " to " + (lowest - 1) + " were deleted unread";
      return new StartingPoint(
          partition, committed, lowest, new Deviation(Alarm.SOURCE_LOSS, lost));
    }
    // Beyond the end: the topic was made anew, or cut. Reading below what is committed is an alarm
    // of
    // its own when the partition is tracked.
    long start = committed.offset() > highest ? lowest : committed.offset();
    return new StartingPoint(partition, committed, start, null);
  }

  /** Where partitions begin that the group holds no position of. */
  private Map<TopicPartition, Long> fresh(
      Consumer<byte[], byte[]> client,
      Set<TopicPartition> all,
      Map<TopicPartition, OffsetAndMetadata> committed,
      Range range,
      Duration limit) {
    List<TopicPartition> unknown =
        all.stream().filter(partition -> committed.get(partition) == null).toList();
    if (unknown.isEmpty()) {
      return Map.of();
    }
    return switch (policy.kind()) {
      case EARLIEST -> range.first();
      case LATEST -> range.end();
      case TIMESTAMP -> since(client, unknown, range.end(), limit);
      case NONE ->
          throw new UnfitException(
              "the group has no position in "
                  + unknown.get(0)
                  + " and start is none: commit one, or set start to earliest, latest or a"
                  + " timestamp");
    };
  }

  private Map<TopicPartition, Long> since(
      Consumer<byte[], byte[]> client,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> end,
      Duration limit) {
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, policy.millis()));
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found = found(client, times, limit);
    Map<TopicPartition, Long> start = new HashMap<>(end);
    found.forEach(
        (partition, at) -> {
          if (at != null) { // null: nothing is that young
            start.put(partition, at.offset());
          }
        });
    return start;
  }

  /** The client's answer with the nulls that its signature does not tell of. */
  private static Map<TopicPartition, @Nullable OffsetAndTimestamp> found(
      Consumer<byte[], byte[]> client, Map<TopicPartition, Long> times, Duration limit) {
    return new HashMap<>(client.offsetsForTimes(times, limit));
  }

  private static long at(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new IllegalStateException("the broker left out " + partition);
    }
    return offset;
  }
}
