package dev.tailrace.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one consumer, which may change while its work goes on. A smaller one takes nothing
 * from what runs, waits or is parked: nothing more starts, comes or parks until there is less than
 * it allows. So the earlier limit holds until then, and the smaller one from then on. Event loop
 * only.
 */
final class Limits {
  private DispatchConfig wanted; // event loop only
  private @Nullable Promise<Void> kept; // event loop only; while there is more than they allow

  Limits(DispatchConfig first) {
    this.wanted = first;
  }

  /** The newest. */
  DispatchConfig wanted() {
    return wanted;
  }

  int concurrency() {
    return wanted.concurrency();
  }

  int bufferMessages() {
    return wanted.bufferMessages();
  }

  long bufferBytes() {
    return wanted.bufferBytes();
  }

  int parked() {
    return wanted.parked();
  }

  /**
   * The part of the buffer that is promised to what comes. What executes may have to wait once
   * more, for its next attempt, and needs room then: so a reserve stays free, as large as the
   * permits or the retries that may be parked, whichever are fewer, at most half of the buffer.
   */
  int buffered() {
    return bufferMessages() - reserve();
  }

  /** Likewise, in bytes. */
  long bufferedBytes() {
    return bufferBytes() - bufferBytes() / bufferMessages() * reserve();
  }

  private int reserve() {
    return Math.min(bufferMessages() / 2, Math.min(parked(), concurrency()));
  }

  /**
   * Nothing goes beyond these from now on.
   *
   * @return completes when there is no more than the newest limits allow; earlier calls that have
   *     not completed complete with it
   */
  Future<Void> change(DispatchConfig next) {
    wanted = next;
    Promise<Void> waiting = kept;
    if (waiting == null) {
      waiting = Promise.promise();
      kept = waiting;
    }
    return waiting.future();
  }

  /** Something may have ended. */
  void look(Holdings holdings) {
    Promise<Void> waiting = kept;
    if (waiting != null && isWithin(holdings)) {
      kept = null;
      waiting.complete();
    }
  }

  private boolean isWithin(Holdings holdings) {
    Tally tally = holdings.tally;
    return tally.executing() <= wanted.concurrency()
        && tally.waiting() <= wanted.bufferMessages()
        && (tally.heldBytes() <= wanted.bufferBytes() || tally.executing() + tally.waiting() <= 1)
        && holdings.parking.weight() <= wanted.parked();
  }
}
