package dev.tailrace.kafka;

import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the poll thread has to tell the consumer; every method is called in a turn of the loop. */
interface GroupEvents {
  /** The consumer is a member of its group, without a partition so far. */
  void joined();

  /** Partitions are ours, paused, and stand where they go on. */
  void started(List<StartingPoint> points);

  /**
   * Partitions have to go. The poll thread waits, and runs commands, until the future completes,
   * but no longer than {@code left}.
   */
  Future<Void> revoked(List<Partition> partitions, Duration left);

  /** Partitions have gone. */
  void lost(List<Partition> partitions);

  /** The next position of a partition was not that which the broker holds. */
  void deviated(Partition partition, StartingPoint.Deviation deviation);

  /** The broker answered with the ends of partitions. */
  void ends(Map<Partition, Long> ends);

  /** The broker did not answer, or refused. */
  void failed(Throwable failure);

  /** The client is of no use any more; nothing is ours. Another one is to be made. */
  void ended();
}
