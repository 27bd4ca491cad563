package dev.tailrace.idempotency;

import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** One claim on its way: the request, who asked, and the answer. Belongs to the client's loop. */
final class ClaimAttempt {
  private final ClaimRequest request;
  private final Claimant claimant;
  private final Promise<Reply<ClaimAnswer>> answer = Promise.promise();
  private @Nullable Timer waiting; // event loop only; for a holder in the same consumer
  private long sent; // event loop only; when it was last sent; nanoseconds

  ClaimAttempt(ClaimRequest request, Claimant claimant) {
    this.request = request;
    this.claimant = claimant;
  }

  ClaimRequest request() {
    return request;
  }

  Claimant claimant() {
    return claimant;
  }

  /** It is sent at {@code nanos}, for the first time or again. */
  ClaimRequest sent(long nanos) {
    sent = nanos;
    return request;
  }

  /**
   * Whether a claim whose answer comes now may have ended since it was granted: the process, or its
   * connection, stood still.
   */
  boolean mayHaveEnded(long nanos) {
    return nanos - sent >= request.lease().toNanos();
  }

  Future<Reply<ClaimAnswer>> answer() {
    return answer.future();
  }

  void answer(Reply<ClaimAnswer> reply) {
    answer.complete(reply);
  }

  void waitFor(Timer timer) {
    waiting = timer;
  }

  void stopWaiting() {
    if (waiting != null) {
      waiting.cancel();
      waiting = null;
    }
  }
}
