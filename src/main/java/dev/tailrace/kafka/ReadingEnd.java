package dev.tailrace.kafka;

import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the partitions of all topics ended when a member that reads {@code until: end} first
 * connected. Immutable.
 *
 * <p>A member is through when it is through all that it owns, since nobody else can tell: the end
 * may lie behind records that no consumer gets, such as the markers of transactions, and then no
 * position is ever committed at it. A member that owns nothing goes by what is committed, and where
 * that does not say so it waits until others leave and it owns something.
 *
 * @param ends the offset behind the last record, by partition
 */
record ReadingEnd(Map<TopicPartition, Long> ends) {
  /** Of a member that reads until the pool stops. */
  static final ReadingEnd NONE = new ReadingEnd(Map.of());

  ReadingEnd {
    ends = Map.copyOf(ends);
  }

  /**
   * How far a member is.
   *
   * @param positions the offset that is polled next, of each partition that it owns
   * @param settled whether it owns nothing, and all is committed up to the ends
   */
  record Reached(Map<Partition, Long> positions, boolean settled) {
    private static final Reached NOTHING_YET = new Reached(Map.of(), false);
  }

  /** Where a partition ended; 0 of one that was not there. */
  long of(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  /** As {@link #of(TopicPartition)}, by our name of it. */
  long of(Partition partition) {
    String source = partition.source();
    int number = Integer.parseInt(source.substring(source.lastIndexOf('/') + 1));
    return of(new TopicPartition(GroupMembership.topicOf(partition), number));
  }

  /** Looks how far it is by now. Poll thread. */
  Reached look(Consumer<byte[], byte[]> client, GroupMembership membership, Duration limit) {
    if (membership.isStarting()) {
      return Reached.NOTHING_YET;
    }
    Map<TopicPartition, Partition> owned = membership.owned();
    if (owned.isEmpty()) {
      return new Reached(Map.of(), settled(client, limit));
    }
    Map<Partition, Long> positions = new LinkedHashMap<>();
    owned.forEach((name, partition) -> positions.put(partition, client.position(name, limit)));
    return new Reached(positions, false);
  }

  /** Whether all is committed up to the ends, as far as there is anything left to read. */
  boolean settled(Consumer<byte[], byte[]> client, Duration limit) {
    Map<TopicPartition, @Nullable OffsetAndMetadata> committed =
        new LinkedHashMap<>(client.committed(ends.keySet(), limit));
    Set<TopicPartition> open =
        ends.keySet().stream()
            .filter(
                partition -> {
                  OffsetAndMetadata known = committed.get(partition);
                  return known == null || known.offset() < of(partition);
                })
            .collect(Collectors.toSet());
    return open.isEmpty()
        || client.beginningOffsets(open, limit).entrySet().stream()
            .allMatch(first -> first.getValue() >= of(first.getKey()));
  }
}
