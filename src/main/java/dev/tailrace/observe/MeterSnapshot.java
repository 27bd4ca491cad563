package dev.tailrace.observe;

import java.util.List;
import java.util.Map;

/**
 * What a scrape shows of the pool's state; each consumer's numbers are taken in one turn of its
 * loop. Immutable.
 *
 * @param pipelines by name
 * @param partitions those assigned now
 * @param drainEstimateMillis how long a drain would take, or -1 where unknown
 */
public record MeterSnapshot(
    Map<String, PipelineNumbers> pipelines,
    List<PartitionNumbers> partitions,
    long drainEstimateMillis) {

  /** Copies both. */
  public MeterSnapshot {
    pipelines = Map.copyOf(pipelines);
    partitions = List.copyOf(partitions);
  }

  /**
   * One pipeline, its consumers added up.
   *
   * @param counts of messages
   * @param limit how many may execute at once
   * @param stuck handlers past time-out and grace
   */
  public record PipelineNumbers(MessageCounts counts, int limit, int stuck) {}

  /**
   * One partition or stream.
   *
   * @param pipeline whose
   * @param source as printed, with its partition
   * @param lag messages not yet read, or -1 where unknown
   * @param lagMillis age of the oldest unfinished message, or -1 where unknown
   * @param gap positions finished above the lowest unfinished one
   * @param gapAgeMillis how long the lowest unfinished position has not moved
   */
  public record PartitionNumbers(
      String pipeline, String source, long lag, long lagMillis, long gap, long gapAgeMillis) {}
}
