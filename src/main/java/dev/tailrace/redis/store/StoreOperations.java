package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.List;

/**
 * How a store's records are read and written on one server. Lists in, lists out; what a call does
 * is decided on what the server holds at one moment. Belongs to the store's loop.
 */
interface StoreOperations {
  /**
   * Claims keys.
   *
   * @return a reply for each, and what was seen of losses
   */
  Future<Claims> claim(List<ClaimRequest> requests);

  /** Marks keys as finished. */
  Future<Marks> complete(List<Completion> completions);

  /** Carries out effects with marks. */
  Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions);

  /** Prolongs leases. */
  Future<List<Reply<Boolean>>> renew(List<Fence> fences);

  /** Notes that messages are about to run alone. */
  Future<List<Reply<Boolean>>> markAlone(List<Fence> fences);

  /** Gives claims back. */
  Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases);

  /** Looks at what tells of losses, and sets it where it is missing. */
  Future<Reply<Sight>> look();

  /**
   * What tells of losses; times are in µs of the server's clock.
   *
   * @param since when the store remembers, or 0 where that is not known
   * @param began when this life of the server did, or 0 where that is not known
   * @param tail the last moment of the life before of which this one knows, or 0
   * @param now when this was looked at, later than all that was written before; or 0
   */
  record Sight(long since, long began, long tail, long now) {
    /** Nothing was seen. */
    static final Sight NONE = new Sight(0, 0, 0, 0);
  }

  /** An answer to claims. */
  record Claims(Sight sight, List<Reply<ClaimAnswer>> answers) {}

  /** An answer to marks. */
  record Marks(Sight sight, List<Reply<Boolean>> replies) {}
}
