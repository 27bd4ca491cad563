package dev.tailrace.redis.stream;

import dev.tailrace.message.Origin;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.source.Retried;
import io.vertx.redis.client.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the entries that a source reads are to its pipeline. */
enum EntryForm {
  /** Messages, as they are; acknowledged ones stay in their stream. */
  MESSAGE,
  /** Messages that were put off and are due now; acknowledged ones leave their stream. */
  RETRY;

  /**
   * An entry as it was read.
   *
   * @param position where it lies
   * @param message what the pipeline makes of it
   * @param retried what it brings along from the tier of retries, or null
   */
  record Read(Origin position, RedisMessage message, @Nullable Retried retried) {}

  /**
   * Reads an entry. One that others have put into a tier is due, and is a message of the tier
   * itself.
   */
  Read read(FieldMapping fields, Origin position, Response entry) {
    RedisMessage carrier = fields.read(position, entry);
    if (this == MESSAGE) {
      return new Read(position, carrier, null);
    }
    Optional<RetryTicket> ticket = RetryTicket.read(carrier.headers());
    RedisMessage message =
        new RedisMessage(
            ticket.map(RetryTicket::origin).orElse(position),
            carrier.key(),
            carrier.body(),
            RetryTicket.own(carrier.headers()));
    Retried retried =
        ticket
            .map(
                read -> new Retried(read.failures(), read.firstFailed(), read.due(), read.resume()))
            .orElse(Retried.NOTHING);
    return new Read(position, message, retried);
  }

  /** Whether an entry that is not there any more was finished. */
  boolean isClearedWhenFinished() {
    return this == RETRY;
  }
}
