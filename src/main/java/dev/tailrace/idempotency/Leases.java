package dev.tailrace.idempotency;

import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Batcher;
import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claims that one consumer holds, renewed together: every third of the lease, and after a
 * renewal without an answer every ninth. Belongs to the client's loop.
 */
final class Leases {
  private static final int RENEWALS = 3;
  private static final int MOST_ITEMS = 5_000;

  private final Loop loop;
  private final Batcher<Fence, Boolean> renewals;
  private final Duration interval;
  private final Listener listener;

  private final Map<String, Lease> held = new LinkedHashMap<>(); // event loop only; by claim id
  private @Nullable Timer timer; // event loop only
  private boolean renewing; // event loop only
  private boolean troubled; // event loop only; the last renewal was not answered
  private boolean closed; // event loop only

  /** Told what becomes of leases, on the loop. */
  interface Listener {
    /** Another claim holds the key, or the record is gone. */
    void lost(ClaimAttempt attempt);

    /** {@link #isTroubled} has changed: by this cause, or null where all is well again. */
    void troubled(@Nullable Throwable cause);
  }

  private static final class Lease {
    private final Fence fence;
    private final ClaimAttempt attempt;
    private boolean ending; // event loop only; its mark or release is on its way

    Lease(Fence fence, ClaimAttempt attempt) {
      this.fence = fence;
      this.attempt = attempt;
    }
  }

  Leases(Loop loop, IdempotencyStore store, Duration lease, Listener listener) {
    this.loop = loop;
    this.renewals = new Batcher<>(loop, new BatcherLimits(MOST_ITEMS, 1), store::renew);
    this.interval = lease.dividedBy(RENEWALS);
    this.listener = listener;
  }

  void hold(Fence fence, ClaimAttempt attempt) {
    held.put(fence.claimId(), new Lease(fence, attempt));
    schedule(interval);
  }

  /**
   * From now on the loss of the claim concerns nobody; it is still renewed. Null where it was not
   * held, or lost.
   */
  @Nullable ClaimAttempt ending(Fence fence) {
    Lease lease = held.get(fence.claimId());
    if (lease == null) {
      return null;
    }
    lease.ending = true;
    return lease.attempt;
  }

  /** Renews it no longer; null where it was not held, or lost. */
  @Nullable ClaimAttempt drop(Fence fence) {
    Lease lease = held.remove(fence.claimId());
    if (held.isEmpty()) {
      trouble(null);
    }
    return lease == null ? null : lease.attempt;
  }

  int size() {
    return held.size();
  }

  boolean isTroubled() {
    return troubled;
  }

  void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void schedule(Duration delay) {
    if (timer == null && !renewing && !closed) {
      timer = loop.after(delay, this::renew);
    }
  }

  private void renew() {
    timer = null;
    if (held.isEmpty()) {
      return;
    }
    List<Lease> leases = new ArrayList<>(held.values());
    renewing = true;
    List<Reply<Boolean>> replies = new ArrayList<>(leases.size());
    leases.forEach(lease -> renewals.submit(lease.fence).onSuccess(replies::add));
    renewals
        .flush()
        .onSuccess(
            done -> {
              renewing = false;
              renewed(leases, replies);
            });
  }

  private void renewed(List<Lease> leases, List<Reply<Boolean>> replies) {
    Throwable cause = null;
    for (int i = 0; i < leases.size(); i++) {
      Lease lease = leases.get(i);
      Reply<Boolean> reply = replies.get(i);
      if (reply instanceof Reply.Ok<Boolean> ok) {
        if (!ok.value() && !lease.ending && held.remove(lease.fence.claimId(), lease)) {
          listener.lost(lease.attempt);
        }
      } else {
        cause = reply.cause();
      }
    }
    trouble(held.isEmpty() ? null : cause);
    if (!held.isEmpty()) {
      schedule(cause == null ? interval : interval.dividedBy(RENEWALS));
    }
  }

  private void trouble(@Nullable Throwable cause) {
    boolean now = cause != null;
    if (now != troubled) {
      troubled = now;
      listener.troubled(cause);
    }
  }
}
