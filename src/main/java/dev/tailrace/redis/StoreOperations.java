package dev.tailrace.redis;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
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
   * @return when the store remembers since, where that is known, and a reply for each
   */
  Future<Claims> claim(List<ClaimRequest> requests);

  /** Marks keys as finished. */
  Future<List<Reply<Boolean>>> complete(List<Completion> completions);

  /** Prolongs leases. */
  Future<List<Reply<Boolean>>> renew(List<Fence> fences);

  /** Notes that messages are about to run alone. */
  Future<List<Reply<Boolean>>> markAlone(List<Fence> fences);

  /** Gives claims back. */
  Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases);

  /** Since when the store remembers, in µs of the server's clock; from now where it has not. */
  Future<Reply<Long>> look();

  /**
   * An answer to claims.
   *
   * @param since when the store remembers, or 0 where that is not known
   */
  record Claims(long since, List<Reply<ClaimAnswer>> answers) {}
}
