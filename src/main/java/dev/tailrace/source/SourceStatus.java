package dev.tailrace.source;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a source stands; a snapshot taken on its loop.
 *
 * @param connected whether the broker answers
 * @param since since when that is so
 * @param error the last error, or null while connected
 * @param partitions one entry per assigned partition or stream
 */
public record SourceStatus(
    boolean connected, Instant since, @Nullable String error, List<PartitionStatus> partitions) {

  /** Copies the list. */
  public SourceStatus {
    partitions = List.copyOf(partitions);
  }

  /**
   * One partition or stream.
   *
   * @param source as printed
   * @param epoch of the current assignment
   * @param committed the position last confirmed by the broker, or ""
   * @param lag messages not yet read, or -1 where unknown
   * @param lagMillis age of the oldest unfinished message, or -1 where unknown
   * @param gap how far the highest finished position is above the lowest unfinished one
   * @param gapAgeMillis how long the mark has not moved while above it work finished
   * @param holder the message that holds the mark while there is a gap, or null
   * @param paused whether the source holds it back now
   */
  public record PartitionStatus(
      String source,
      int epoch,
      String committed,
      long lag,
      long lagMillis,
      long gap,
      long gapAgeMillis,
      @Nullable MarkHolder holder,
      boolean paused) {}
}
