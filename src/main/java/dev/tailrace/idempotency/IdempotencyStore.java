package dev.tailrace.idempotency;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which keys were worked on. Lists in, lists out, in the same order; each list is one
 * round trip where the store can. Belongs to one event loop.
 *
 * <p>Every call's future completes with one reply per item; a failed future means that all of them
 * are unknown. Each operation may be repeated with the same arguments after an unknown reply.
 */
public interface IdempotencyStore {
  /** The grade of effects this store makes possible. */
  Grade grade();

  /** Which kind of store it is, in one word. */
  default String label() {
    return "other";
  }

  /** Connects; fails with an unfit exception where the store cannot be used as it is. */
  Future<Void> open();

  /** How the way to the store stands; empty where it is in this process. */
  default Optional<Connection> connection() {
    return Optional.empty();
  }

  /**
   * Tells what the store remembers and what it has lost, on its loop; replaces the listener before.
   * A store in this process loses nothing while it lives.
   */
  default void onMemory(StoreMemory listener) {}

  /**
   * Claims keys. The same {@code claimId} gets the same answer and fence again; once it was given
   * back it is not granted any more, but busy: such a copy came late, and nobody would end it.
   */
  Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests);

  /**
   * Marks keys as finished. True where the mark was written, or was there already by the same
   * fence; false where a later claim holds the key, in which case nothing was changed. Does not ask
   * whether the lease has run out.
   */
  Future<List<Reply<Boolean>>> complete(List<Completion> completions);

  /** Whether it carries out effects together with a mark; see {@link #carryOut}. */
  default boolean carriesOut() {
    return false;
  }

  /**
   * Carries out effects and marks their keys as finished, each message's in one transaction, and
   * only where its claim is held: both or neither, also where the call is repeated.
   */
  default Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    throw new UnsupportedOperationException(label() + " carries out no effects");
  }

  /** Prolongs leases; false where a later claim holds the key or the key is finished. */
  Future<List<Reply<Boolean>>> renew(List<Fence> fences);

  /**
   * Notes, before their messages start, that they are about to run alone in their process: where
   * such a claim's lease runs out, that is an attempt, since nothing else can have ended the
   * process; without the note it is a suspicion. False where the claim holds no longer.
   */
  Future<List<Reply<Boolean>>> markAlone(List<Fence> fences);

  /**
   * Gives claims back without a mark; false where there was nothing of the claimant to give back. A
   * failure counts once, under the fence that it was reported under: a copy of the claim that came
   * late, after others had the key, may be granted anew, and the release repeated ends only that.
   */
  Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases);

  /** Frees connections; never fails. */
  Future<Void> close();

  /** Grades A, B and C of promise P2. */
  enum Grade {
    /** At least once. */
    A,
    /** At most one effect per key, save in four named windows. */
    B,
    /** At most one effect under every fault. */
    C
  }

  /**
   * A wish to work on a key.
   *
   * @param key the idempotency key, within its pipeline
   * @param claimId made by the claimant, unique per attempt at a delivery
   * @param owner the instance and its incarnation, for people
   * @param payloadHash SHA-256 of the payload in hex
   * @param lease how long the claim holds without a renewal
   */
  record ClaimRequest(
      String key, String claimId, String owner, String payloadHash, Duration lease) {}

  /**
   * The end of the work on a key.
   *
   * @param fence the claim under which it was done
   * @param dead whether it ended in the dead-letter destination rather than done
   * @param retention how long the record stays
   */
  record Completion(Fence fence, boolean dead, Duration retention) {}

  /**
   * The end of the work on a key by effects that the store carries out.
   *
   * @param fence the claim under which it was done
   * @param effects what is to be carried out
   * @param retention how long the record stays
   */
  record EffectCompletion(Fence fence, Effects effects, Duration retention) {}

  /**
   * A claim given back.
   *
   * @param key the idempotency key
   * @param claimId the claim, which may or may not have been granted
   * @param token the fence's under which it was worked on; 0 where it was not granted, or nobody
   *     knows
   * @param why what its end means for the record's counters
   * @param resume where the next claim goes on, as it is told then; empty for the beginning, null
   *     for where this one did. Counts under the fence it was worked on, like a failure
   */
  record ReleaseRequest(String key, String claimId, long token, Why why, @Nullable String resume) {
    /** Of a claim that was granted. */
    public static ReleaseRequest of(Fence fence, Why why) {
      return new ReleaseRequest(fence.key(), fence.claimId(), fence.token(), why, null);
    }

    /** Of a claim whose handler asked to be called later, to go on there; null: to begin anew. */
    public static ReleaseRequest snoozed(Fence fence, @Nullable String resume) {
      return new ReleaseRequest(
          fence.key(), fence.claimId(), fence.token(), Why.SNOOZED, resume == null ? "" : resume);
    }

    /** Of a claim that nothing was done under, and that may not have been granted. */
    public static ReleaseRequest unstarted(ClaimRequest request) {
      return new ReleaseRequest(request.key(), request.claimId(), 0, Why.UNSTARTED, null);
    }
  }

  /** Why a claim is given back. */
  enum Why {
    /** Not started; no counter changes. */
    UNSTARTED,
    /** The handler reported a failure: one more attempt. */
    FAILED,
    /** The handler asked to be called later, or shutdown interrupted it: no attempt. */
    SNOOZED
  }
}
