package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionMetadata;
import dev.tailrace.source.StartingPoint;
import dev.tailrace.source.StartingPoint.Deviation;
import dev.tailrace.source.UnfitException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
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
  private final OutOfRange outOfRange;
  private @Nullable Map<String, Integer> before; // poll thread only
  private TopicLookup topics = TopicLookup.UNKNOWN; // poll thread only

  StartingPositions(KafkaSourceConfig config) {
    this.policy = config.start();
    this.outOfRange = config.outOfRange();
  }

  /**
   * What was there when the process began to read, which is how we know what is new. A new topic or
   * partition is read from its beginning, since {@code latest} would pass over what was written to
   * it before it was found.
   *
   * @param partitions how many each topic had
   */
  void before(Map<String, Integer> partitions) {
    before = Map.copyOf(partitions);
  }

  /**
   * Who knows whether a topic is still the one whose position was committed; where nobody is asked,
   * it is believed to be.
   */
  void topics(TopicLookup lookup) {
    topics = lookup;
  }

  private boolean isNew(TopicPartition partition) {
    return before != null && partition.partition() >= before.getOrDefault(partition.topic(), 0);
  }

  /**
   * Reads positions and seeks. Poll thread; blocks, at most five times {@code limit}.
   *
   * @param ceilings of partitions whose positions restarted: the committed one is believed up to
   *     this, and what was finished above it is not
   * @throws UnfitException where a group without positions must not begin
   */
  List<StartingPoint> find(
      Consumer<byte[], byte[]> client,
      Map<TopicPartition, Partition> assigned,
      Map<TopicPartition, Long> ceilings,
      Duration limit) {
    Set<TopicPartition> all = assigned.keySet();
    Map<String, UUID> ids = // first: what follows is of these topics, or of younger ones
        topics.ids(all.stream().map(TopicPartition::topic).collect(Collectors.toSet()), limit);
    Map<TopicPartition, OffsetAndMetadata> committed = client.committed(all, limit);
    Map<TopicPartition, Long> first = client.beginningOffsets(all, limit);
    Map<TopicPartition, Long> end = client.endOffsets(all, limit);
    Range range = new Range(first, end);
    List<TopicPartition> unknown =
        all.stream()
            .filter(each -> committed.get(each) == null && !ceilings.containsKey(each))
            .toList();
    Map<TopicPartition, Long> fresh = fresh(client, unknown, range, limit);
    List<StartingPoint> points = new ArrayList<>(assigned.size());
    assigned.forEach(
        (topicPartition, partition) -> {
          OffsetAndMetadata known = committed.get(topicPartition);
          Long ceiling = ceilings.get(topicPartition);
          UUID id = ids.get(topicPartition.topic());
          StartingPoint point;
          if (ceiling != null) {
            long lowest = at(first, topicPartition);
            boolean another = known != null && id != null && isOfAnother(known, id);
            long start = restarted(another ? null : known, lowest, ceiling);
            point = new StartingPoint(partition, null, start, null, id);
          } else if (known == null) {
            long start = at(fresh, topicPartition);
            point = new StartingPoint(partition, null, start, null, id);
          } else if (id != null && isOfAnother(known, id)) {
            point = madeAnew(partition, known, at(first, topicPartition), id);
          } else {
            point = resumed(new Assigned(partition, topicPartition, id), known, range);
          }
          seek(client, topicPartition, point, known);
          points.add(point);
        });
    return points;
  }

  private static void seek(
      Consumer<byte[], byte[]> client,
      TopicPartition partition,
      StartingPoint point,
      @Nullable OffsetAndMetadata known) {
    if (point.isHeld()) {
      return;
    }
    if (known != null && point.isResumed()) {
      client.seek(partition, known); // with its leader epoch: truncation is noticed
    } else {
      client.seek(partition, point.start());
    }
  }

  private static long restarted(@Nullable OffsetAndMetadata known, long lowest, long ceiling) {
    return known == null || known.offset() < lowest || known.offset() > ceiling
        ? lowest
        : known.offset();
  }

  private record Range(Map<TopicPartition, Long> first, Map<TopicPartition, Long> end) {}

  /** Whether a position was committed for another topic of the same name. */
  private static boolean isOfAnother(OffsetAndMetadata known, UUID id) {
    return PositionMetadata.decode(known.offset(), known.metadata())
        .metadata()
        .flatMap(PositionMetadata::logId)
        .filter(other -> !other.equals(id))
        .isPresent();
  }

  /** Nothing of the topic was read yet: it begins where a topic does that is found later. */
  private static StartingPoint madeAnew(
      Partition partition, OffsetAndMetadata known, long lowest, UUID id) {
    return new StartingPoint(
        partition,
        null,
        lowest,
        new Deviation(
            Alarm.SOURCE_RESET,
            "the topic was made anew since "
                + known.offset()
                + " was committed: positions restart at "
                + lowest),
        id);
  }

  /** A partition of ours, and the topic that it is of now. */
  private record Assigned(Partition partition, TopicPartition name, @Nullable UUID topicId) {}

  private StartingPoint resumed(Assigned assigned, OffsetAndMetadata known, Range range) {
    Position committed = new Position(known.offset(), known.metadata());
    long lowest = at(range.first(), assigned.name());
    long highest = at(range.end(), assigned.name());
    boolean hold = outOfRange == OutOfRange.HOLD;
    if (committed.offset() < lowest) {
      String lost =
          "offsets " + committed.offset() + " to " + (lowest - 1) + " were deleted unread";
      return new StartingPoint(
          assigned.partition(),
          committed,
          hold ? -1 : lowest,
          new Deviation(Alarm.SOURCE_LOSS, hold ? lost + UnheldPositions.HELD : lost),
          assigned.topicId());
    }
    if (hold && committed.offset() > highest) {
      String above = "committed is " + committed.offset() + ", and the log ends at " + highest;
      return new StartingPoint(
          assigned.partition(),
          committed,
          -1,
          new Deviation(Alarm.SOURCE_RESET, above + UnheldPositions.HELD),
          assigned.topicId());
    }
    // Beyond the end: the topic was made anew, or cut. Reading below what is committed is an alarm
    // of its own when the partition is tracked.
    long start = committed.offset() > highest ? lowest : committed.offset();
    return new StartingPoint(assigned.partition(), committed, start, null, assigned.topicId());
  }

  /** Where partitions begin that the group holds no position of. */
  private Map<TopicPartition, Long> fresh(
      Consumer<byte[], byte[]> client, List<TopicPartition> unknown, Range range, Duration limit) {
    List<TopicPartition> old = unknown.stream().filter(each -> !isNew(each)).toList();
    Map<TopicPartition, Long> fresh =
        new HashMap<>(old.isEmpty() ? Map.of() : byPolicy(client, old, range, limit));
    unknown.stream().filter(this::isNew).forEach(it -> fresh.put(it, at(range.first(), it)));
    return fresh;
  }

  private Map<TopicPartition, Long> byPolicy(
      Consumer<byte[], byte[]> client, List<TopicPartition> unknown, Range range, Duration limit) {
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
