package dev.tailrace.kafka;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.source.PolledMessage;
import dev.tailrace.source.Retried;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of a tier of retries, as the message that it was at its origin: with the place, the time
 * and the headers it had there. One that others have put there is due at once, and is a message of
 * the tier itself. Safe to share between threads.
 */
final class RetriedMessage implements PolledMessage {
  private final KafkaMessage carrier;
  private final Headers headers;
  private final Origin origin;
  private final Instant timestamp;
  private final Retried retried;

  RetriedMessage(KafkaMessage carrier) {
    this.carrier = carrier;
    this.headers = RetryTicket.own(carrier.headers());
    Optional<RetryTicket> ticket = RetryTicket.read(carrier.headers());
    this.origin = ticket.map(RetryTicket::origin).orElseGet(carrier::origin);
    this.timestamp = ticket.map(RetryTicket::timestamp).orElseGet(carrier::timestamp);
    this.retried =
        ticket
            .map(
                read -> new Retried(read.failures(), read.firstFailed(), read.due(), read.resume()))
            .orElse(Retried.NOTHING);
  }

  @Override
  public long offset() {
    return carrier.offset();
  }

  @Override
  public int bytes() {
    return carrier.bytes();
  }

  @Override
  public Retried retried() {
    return retried;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public @Nullable Buffer key() {
    return carrier.key();
  }

  @Override
  public @Nullable Buffer body() {
    return carrier.body();
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public Instant timestamp() {
    return timestamp;
  }

  /** Its place in the tier. */
  @Override
  public String toString() {
    return carrier.toString();
  }
}
