package dev.tailrace.processing;

import dev.tailrace.message.Message;
import dev.tailrace.message.Outcome;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.sink.RetryTiers;
import dev.tailrace.sink.Sink;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** The way of one failed message into a tier of retries. */
final class Move {
  private final RetryTiers tiers;
  private final WorkItem item;
  private final int tier;
  private final Instant now;
  private final boolean recorded; // where it goes on, in a store that outlives the process

  /** To a tier of the crew's, which has some. */
  Move(Crew crew, WorkItem item, int tier) {
    this.tiers = Objects.requireNonNull(crew.moving()).tiers();
    this.item = item;
    this.tier = tier;
    this.now = crew.loop().wall();
    Crew.Claiming claims = crew.claims();
    this.recorded = claims != null && claims.client().isLasting();
  }

  /** Completes as {@link RetryTiers#move}. */
  Future<Reply<Sink.Sent>> send(Outcome.Retry retry) {
    Message message = item.message();
    Duration asked = retry.after();
    Instant failed = item.firstFailed();
    RetryTicket ticket =
        new RetryTicket(
            message.origin(),
            message.timestamp(),
            item.failures(),
            failed == null ? now : failed,
            now.plus(asked == null ? tiers.delay(tier) : asked),
            recorded ? null : item.resume());
    return tiers.move(tier, message, item.position(), ticket, retry.reason());
  }
}
