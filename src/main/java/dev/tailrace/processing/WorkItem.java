package dev.tailrace.processing;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.observe.Subject;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Retried;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message in the pool, over all its attempts. Belongs to the consumer's loop; the dispatcher adds
 * its place in the lanes.
 */
public abstract class WorkItem implements Subject {
  private final Delivery delivery;
  private @Nullable Setbacks setbacks; // event loop only; null before the first
  private boolean handled; // event loop only

  /** Wraps a delivery that was just received. */
  protected WorkItem(Delivery delivery) {
    this.delivery = delivery;
    Retried retried = delivery.retried();
    if (retried != null) {
      setbacks().failures = retried.failures();
      setbacks().firstFailed = retried.firstFailed();
      setbacks().resume = retried.resume();
    }
  }

  private Setbacks setbacks() {
    Setbacks known = setbacks;
    if (known == null) {
      known = new Setbacks();
      setbacks = known;
    }
    return known;
  }

  /** The delivery, which carries its own way home. */
  public final Delivery delivery() {
    return delivery;
  }

  @Override
  public final Message message() {
    return delivery.message();
  }

  @Override
  public final Origin position() {
    return delivery.position();
  }

  /** Whether it came through a tier of retries, so that nothing orders it any more. */
  final boolean isRetried() {
    return delivery.retried() != null;
  }

  @Override
  public final int epoch() {
    return delivery.partition().epoch();
  }

  /** The attempt that runs, or ran last; 0 before the first. */
  @Override
  public final int attempt() {
    return handled ? failures() + 1 : failures();
  }

  /** Failures reported so far. */
  final int failures() {
    return setbacks == null ? 0 : setbacks.failures;
  }

  /** When the first of those failed that this process knows of; null for none. */
  final @Nullable Instant firstFailed() {
    return setbacks == null ? null : setbacks.firstFailed;
  }

  /** The store may know of more failures than this process does. */
  final void know(int failuresKnown) {
    if (failuresKnown > failures()) {
      setbacks().failures = failuresKnown;
    }
  }

  /** Its attempts are used up by the processes that it ended: it is not called any more. */
  final void endedProcesses(int times) {
    know(times);
    setbacks().deaths = times;
  }

  /**
   * How many processes had used up its attempts when it came to that; 0 for any other message. The
   * store may have forgotten it since.
   */
  final int deaths() {
    return setbacks == null ? 0 : setbacks.deaths;
  }

  /** Its handler is about to be called. */
  final void begin(int failuresKnown) {
    know(failuresKnown);
    handled = true;
    if (setbacks != null) {
      setbacks.shared = false;
      setbacks.silent = false;
    }
  }

  /** Another attempt failed, at {@code now}. */
  final void failed(Instant now) {
    Setbacks own = setbacks();
    own.firstFailed = own.firstFailed == null ? now : own.firstFailed;
    own.failures++;
    handled = false;
  }

  /**
   * Its handler failed for all of a batch, and did not say for whose sake.
   *
   * @param first of the batch, and the one whose failure the breaker hears of: it was one call
   */
  final void failTogether(boolean first) {
    Setbacks own = setbacks();
    own.shared = true;
    own.silent = !first;
    own.alone = true;
  }

  /** Whether the breaker has heard of the failure of its last call by another message. */
  final boolean isSilent() {
    return setbacks != null && setbacks.silent;
  }

  /** Whether the failure of its last call may be another message's. */
  final boolean failedTogether() {
    return setbacks != null && setbacks.shared;
  }

  /** Whether it runs alone, since a batch in which it was has failed. */
  final boolean isAlone() {
    return setbacks != null && setbacks.alone;
  }

  /** A failure that is an outage's, or an interruption: no attempt. */
  final void spared() {
    handled = false;
  }

  /**
   * Whether it has not failed yet in this round of the breaker; it has from now on. What comes
   * through a tier failed before it went there, and has had its vote.
   */
  final boolean votes(int now, long nanos, Instant wall) {
    Setbacks own = setbacks();
    boolean first = own.round != now;
    if (first) {
      own.round = now;
      own.votedAt = nanos;
      if (isRetried() && own.firstFailed != null && own.firstFailed.isBefore(wall)) {
        own.votedAt -= Duration.between(own.firstFailed, wall).toNanos();
      }
    }
    return first && !isRetried();
  }

  /** When it failed for the first time in its breaker's round. */
  final long votedAt() {
    return setbacks().votedAt;
  }

  /** What is ordered with it, and itself where nothing is. */
  protected Object voter() {
    return message().origin();
  }

  /** An attempt did not finish it, for whatever reason. */
  public final void unfinished() {
    setbacks().tried = true;
  }

  /** Whether an attempt did not finish it. */
  public final boolean wasTried() {
    return setbacks != null && setbacks.tried;
  }

  /** Where its next start goes on; null for the beginning. */
  final @Nullable String resume() {
    return setbacks == null ? null : setbacks.resume;
  }

  /** Its next start goes on there. */
  final void resumeAt(@Nullable String where) {
    if (where != null || setbacks != null) {
      setbacks().resume = where;
    }
  }

  final int snoozed() {
    handled = false;
    return ++setbacks().snoozes;
  }

  @Override
  public final String toString() {
    return position().toString();
  }
}
