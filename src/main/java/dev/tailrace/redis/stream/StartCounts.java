package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;

/**
 * Writes the starts of suspected entries down before they start, beside the entries themselves; see
 * {@link DeliveryCount}. Belongs to the source's loop.
 */
final class StartCounts {
  private static final RedisScript SET = RedisScript.load(StartCounts.class, "set-count.lua");

  private final StreamGroup group;
  private final EntrySuspicion suspicion;

  StartCounts(StreamGroup group, EntrySuspicion suspicion) {
    this.group = group;
    this.suspicion = suspicion;
  }

  /** Which entries those are. */
  EntrySuspicion suspicion() {
    return suspicion;
  }

  /**
   * Counts a start alone; completes with whether that is written. What nobody knows may be there,
   * until {@link #uncount}.
   */
  Future<Boolean> count(RedisDelivery delivery) {
    return set(delivery, delivery.count().started())
        .map(reply -> reply instanceof Reply.Ok<Boolean> ok && ok.value());
  }

  /** It has ended, and its process has not; completes when that is written, never fails. */
  Future<Void> uncount(RedisDelivery delivery) {
    return set(delivery, delivery.count())
        .compose(
            reply ->
                reply.isUnknown() && !group.isClosed()
                    ? group.pause().compose(paused -> uncount(delivery))
                    : Future.succeededFuture());
  }

  private Future<Reply<Boolean>> set(RedisDelivery delivery, DeliveryCount count) {
    RedisScript.Call call =
        SET.call()
            .key(delivery.partition().source())
            .arg(group.name())
            .arg(group.consumer())
            .arg(delivery.position().position())
            .arg(count.number());
    return group
        .commands(delivery.partition().source())
        .run(call, written -> written != null && written.toLong() > 0);
  }
}
