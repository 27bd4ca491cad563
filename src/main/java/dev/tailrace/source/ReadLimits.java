package dev.tailrace.source;

/**
 * The limits of a source that its event log tells, for those who check it.
 *
 * @param poll the most messages that one read brings beyond the credit, all of a consumer's
 *     partitions together; 0 where that is not known
 * @param window how far above the lowest unfinished position of a partition messages may begin; 0
 *     where there is no such limit
 * @param idleMillis how long an entry of a silent consumer stays with it; 0 where entries do not
 *     move
 */
public record ReadLimits(int poll, int window, long idleMillis) {
  /** Nothing is known. */
  public static final ReadLimits NONE = new ReadLimits(0, 0, 0);
}
