package dev.tailrace.kafka;

import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The assigned partitions of a source, and the way of a polled batch into the pool. Event loop
 * only.
 *
 * <p>A batch is weighed against the credit at once, before the next poll begins, so that a
 * partition without credit is held back in time; it enters the pool two turns later, so that the
 * next poll overlaps with the work on this one. What a poll brought beyond the credit of one
 * partition counts against all of them until the pool knows of it, so that the buffer passes its
 * mark by one poll at most, not by one per partition.
 */
final class KafkaPartitions {
  /** Where batches go, and who tells the poll thread. */
  interface Outlet {
    /** Takes deliveries into the pool. */
    void accept(List<Delivery> batch);

    /** Holds a partition back, or lets it flow. */
    void flow(Partition partition, boolean paused);

    /** Positions of a partition restarted; the next one is {@code offset}. */
    void restarted(KafkaPartition partition, long offset);
  }

  private final Loop loop;
  private final Outlet outlet;
  private final Map<TopicPartition, KafkaPartition> byName =
      new LinkedHashMap<>(); // event loop only
  private final Map<Partition, TopicPartition> names = new LinkedHashMap<>(); // event loop only
  private boolean closed; // event loop only
  private boolean scheduled; // event loop only; a turn will hand over
  private boolean full; // event loop only; all partitions together have used up their credit

  KafkaPartitions(Loop loop, Outlet outlet) {
    this.loop = loop;
    this.outlet = outlet;
  }

  void add(TopicPartition name, KafkaPartition partition) {
    byName.put(name, partition);
    names.put(partition.partition(), name);
  }

  @Nullable KafkaPartition get(Partition partition) {
    TopicPartition name = names.get(partition);
    return name == null ? null : byName.get(name);
  }

  /** Forgets a partition; what it holds is dropped, since it never entered the pool. */
  void remove(Partition partition) {
    TopicPartition name = names.remove(partition);
    if (name != null) {
      KafkaPartition removed = byName.remove(name);
      if (removed != null) {
        removed.leave();
      }
    }
  }

  Set<Partition> all() {
    return Set.copyOf(names.keySet());
  }

  /** Those of {@code partitions} that are here. */
  List<Partition> known(List<Partition> partitions) {
    return partitions.stream().filter(names::containsKey).toList();
  }

  /** See {@link dev.tailrace.source.Source#request}. */
  void request(Partition partition, int messages, long bytes) {
    KafkaPartition known = get(partition);
    if (known != null && !closed) {
      known.request(messages, bytes);
      if (known.isLate()) {
        schedule();
      }
      if (full) {
        flowAll();
      } else {
        flow(known);
      }
    }
  }

  /** Nothing enters the pool any more, of any partition. */
  void close() {
    closed = true;
    byName
        .values()
        .forEach(
            partition -> {
              partition.leave();
              flow(partition);
            });
  }

  boolean isClosed() {
    return closed;
  }

  private void flow(KafkaPartition partition) {
    if (partition.flowChanged(full)) {
      outlet.flow(partition.partition(), partition.held());
    }
  }

  private void flowAll() {
    long messages = 0;
    long bytes = 0;
    for (KafkaPartition partition : byName.values()) {
      messages += partition.messagesLeft();
      // credit may be without bound, and the sum of two such would be below zero
      bytes += Math.min(partition.bytesLeft(), Long.MAX_VALUE / byName.size());
    }
    full = messages <= 0 || bytes <= 0;
    byName.values().forEach(this::flow);
  }

  /** Called by the stream with what a poll brought, before it begins the next poll. */
  void polled(ConsumerRecords<byte[], byte[]> records) {
    if (closed) {
      return;
    }
    for (TopicPartition name : records.partitions()) {
      KafkaPartition partition = byName.get(name);
      if (partition != null) {
        partition.arrived(records.records(name));
      }
    }
    flowAll();
    // In the turn after the next the stream has begun its next poll.
    loop.execute(this::schedule);
  }

  /** Hands over in a later turn what waits; once, however often it is asked. */
  void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::handOver);
    }
  }

  private void handOver() {
    scheduled = false;
    if (closed) {
      return;
    }
    List<Delivery> batch = new ArrayList<>();
    List<KafkaPartition> restarted = new ArrayList<>();
    for (KafkaPartition partition : byName.values()) {
      if (partition.handOver(batch) == KafkaPartition.Handover.RESTARTED) {
        restarted.add(partition);
      }
    }
    if (!batch.isEmpty()) {
      outlet.accept(batch);
    }
    byName.values().forEach(KafkaPartition::handedOver);
    flowAll();
    restarted.forEach(partition -> outlet.restarted(partition, partition.firstPolled()));
  }

  List<PartitionStatus> statuses() {
    long now = loop.wall().toEpochMilli();
    return byName.values().stream().map(partition -> partition.status(now)).toList();
  }
}
