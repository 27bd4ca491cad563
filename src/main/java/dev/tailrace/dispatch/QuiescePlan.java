package dev.tailrace.dispatch;

import dev.tailrace.message.CancelReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How work comes to rest: three moments after the call, each at least as late as the one before it.
 *
 * @param startFor how long buffered work may still start; then the rest is released unstarted.
 *     Null: for as long as it takes, and parked retries run too
 * @param asLongAsItFits whether the rest is released earlier, when a message that started then is
 *     predicted to end after {@code cancelAfter}
 * @param cancelAfter when running handlers are asked to cancel; null: never
 * @param leaveAfter when what still runs is left; null: never
 * @param reason what a cancelled handler is told
 * @param leave what becomes of what still runs at {@code leaveAfter}
 */
public record QuiescePlan(
    @Nullable Duration startFor,
    boolean asLongAsItFits,
    @Nullable Duration cancelAfter,
    @Nullable Duration leaveAfter,
    CancelReason reason,
    Leave leave) {

  /** What becomes of a handler that does not end in time. */
  public enum Leave {
    /** It is counted as abandoned, and whatever it still brings changes nothing. */
    ABANDONED,
    /** It is counted as overran and stays in flight until it ends. */
    OVERRAN
  }

  /** Intake stops; all that is here runs to its end. */
  public static QuiescePlan pause() {
    return new QuiescePlan(null, false, null, null, CancelReason.FORCED, Leave.ABANDONED);
  }

  /** The drain of a pool that stops. */
  public static QuiescePlan drain(Duration startFor, Duration cancelAfter, Duration leaveAfter) {
    return new QuiescePlan(
        startFor, false, cancelAfter, leaveAfter, CancelReason.FORCED, Leave.ABANDONED);
  }

  /** As {@link #drain}, where buffered work starts for as long as it is predicted to fit. */
  public static QuiescePlan cooperative(Duration cancelAfter, Duration leaveAfter) {
    return new QuiescePlan(
        cancelAfter, true, cancelAfter, leaveAfter, CancelReason.FORCED, Leave.ABANDONED);
  }

  /** Nothing starts, what runs is cancelled now. */
  public static QuiescePlan immediate(Duration leaveAfter) {
    return drain(Duration.ZERO, Duration.ZERO, leaveAfter);
  }

  /**
   * Partitions go to another consumer; handlers are cancelled max(1 s, 20 %) before the deadline.
   */
  public static QuiescePlan revoke(Duration deadline) {
    Duration fifth = deadline.dividedBy(5);
    Duration second = Duration.ofSeconds(1);
    Duration margin = fifth.compareTo(second) > 0 ? fifth : second;
    Duration cancel = deadline.minus(margin);
    return new QuiescePlan(
        Duration.ZERO,
        false,
        cancel.isNegative() ? Duration.ZERO : cancel,
        deadline,
        CancelReason.REVOKED,
        Leave.OVERRAN);
  }

  /** Whether what is here runs to its end, retries included. */
  boolean runsToTheEnd() {
    return startFor == null;
  }
}
