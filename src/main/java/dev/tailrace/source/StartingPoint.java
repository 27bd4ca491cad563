package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an assigned partition goes on.
 *
 * @param partition the assignment
 * @param committed what the broker holds for the group, or null
 * @param start the offset that is read next, or -1 where nothing is to be read
 * @param deviation why it does not go on where it was committed, or null where it does
 * @param logId of which log the positions are, see {@link PositionMetadata#logId}; null where that
 *     is not known
 */
public record StartingPoint(
    Partition partition,
    @Nullable Position committed,
    long start,
    @Nullable Deviation deviation,
    @Nullable UUID logId) {

  /** In a log of which nothing else is known. */
  public StartingPoint(
      Partition partition,
      @Nullable Position committed,
      long start,
      @Nullable Deviation deviation) {
    this(partition, committed, start, deviation, null);
  }

  /**
   * Positions at the broker are not what was committed.
   *
   * @param alarm the kind of alarm to raise
   * @param detail what happened, in words
   */
  public record Deviation(Alarm alarm, String detail) {}

  /** Whether nothing is to be read. */
  public boolean isHeld() {
    return start < 0;
  }

  /** Whether it goes on where it was committed, so that what is finished above counts. */
  public boolean isResumed() {
    return committed != null && committed.offset() == start;
  }

  /** -1, at the committed position, keeps what is finished above it. */
  long trackedFrom() {
    return isResumed() ? -1 : start;
  }
}
