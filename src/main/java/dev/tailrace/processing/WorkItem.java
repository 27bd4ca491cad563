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
public class WorkItem implements Subject {
  private final String pipeline;
  private final Delivery delivery;
  private int failures; // event loop only
  private int snoozes; // event loop only
  private int deaths; // event loop only
  private boolean handled; // event loop only
  private @Nullable Instant firstFailed; // event loop only
  private int round; // event loop only; of the breaker, when it counted this message as failing
  private long votedAt; // event loop only

  /** Wraps a delivery that was just received. */
  protected WorkItem(String pipeline, Delivery delivery) {
    this.pipeline = pipeline;
    this.delivery = delivery;
    Retried retried = delivery.retried();
    if (retried != null) {
      failures = retried.failures();
      firstFailed = retried.firstFailed();
    }
  }

  /** The delivery, which carries its own way home. */
  public final Delivery delivery() {
    return delivery;
  }

  @Override
  public final String pipeline() {
    return pipeline;
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
    return handled ? failures + 1 : failures;
  }

  /** Failures reported so far. */
  final int failures() {
    return failures;
  }

  /** When the first of those failed that this process knows of; null for none. */
  final @Nullable Instant firstFailed() {
    return firstFailed;
  }

  /** The store may know of more failures than this process does. */
  final void know(int failuresKnown) {
    failures = Math.max(failures, failuresKnown);
  }

  /** Its attempts are used up by the processes that it ended: it is not called any more. */
  final void endedProcesses(int times) {
    know(times);
    deaths = times;
  }

  /**
   * How many processes had used up its attempts when it came to that; 0 for any other message. The
   * store may have forgotten it since.
   */
  final int deaths() {
    return deaths;
  }

  /** Its handler is about to be called. */
  final void begin(int failuresKnown) {
    know(failuresKnown);
    handled = true;
  }

  /** Another attempt failed, at {@code now}. */
  final void failed(Instant now) {
    firstFailed = firstFailed == null ? now : firstFailed;
    failures++;
    handled = false;
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
    boolean first = round != now;
    if (first) {
      round = now;
      votedAt = nanos;
      if (isRetried() && firstFailed != null && firstFailed.isBefore(wall)) {
        votedAt -= Duration.between(firstFailed, wall).toNanos();
      }
    }
    return first && !isRetried();
  }

  /** When it failed for the first time in its breaker's round. */
  final long votedAt() {
    return votedAt;
  }

  /** What is ordered with it, and itself where nothing is. */
  protected Object voter() {
    return message().origin();
  }

  final int snoozed() {
    handled = false;
    return ++snoozes;
  }

  @Override
  public final String toString() {
    return position().toString();
  }
}
