package dev.tailrace.sink;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * With what a message travels through a tier of retries, as {@link RetryHeaders} say it. Immutable.
 *
 * @param origin where it came from at first
 * @param timestamp when it had been written there
 * @param failures how many attempts have failed, at least 0
 * @param firstFailed when the first of them failed
 * @param due before this moment it does not run again
 * @param resume where its next attempt goes on; null for the beginning
 */
public record RetryTicket(
    Origin origin,
    Instant timestamp,
    int failures,
    Instant firstFailed,
    Instant due,
    @Nullable String resume) {

  /** What a message in a tier says of itself; empty where others have put it there. */
  public static Optional<RetryTicket> read(Headers headers) {
    try {
      return Optional.of(
          new RetryTicket(
              Origin.parse(text(headers, RetryHeaders.ORIGIN)),
              Instant.parse(text(headers, RetryHeaders.ORIGIN_TIMESTAMP)),
              Math.max(0, Integer.parseInt(text(headers, RetryHeaders.FAILURES))),
              Instant.parse(text(headers, RetryHeaders.FIRST_FAILED_AT)),
              Instant.parse(text(headers, RetryHeaders.DUE)),
              headers.text(RetryHeaders.RESUME)));
    } catch (IllegalArgumentException | DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  private static String text(Headers headers, String name) {
    @Nullable String text = headers.text(name);
    return text == null ? "" : text;
  }

  /** The headers of a message without those of a ticket: as its producer wrote them. */
  public static Headers own(Headers headers) {
    List<Headers.Header> own = new ArrayList<>(headers.size());
    for (Headers.Header header : headers) {
      if (!RetryHeaders.isOurs(header.name())) {
        own.add(header);
      }
    }
    return own.size() == headers.size() ? headers : Headers.of(own);
  }

  /**
   * The message with this ticket: key and body as they came, its headers, then the ticket's.
   *
   * @param place where it lies until it is in the tier
   */
  OutgoingMessage on(Message message, Origin place, String pipeline, String reason) {
    Headers all =
        own(message.headers())
            .with(RetryHeaders.ORIGIN, origin.toString())
            .with(RetryHeaders.ORIGIN_TIMESTAMP, timestamp.toString())
            .with(RetryHeaders.FAILURES, Integer.toString(failures))
            .with(RetryHeaders.FIRST_FAILED_AT, firstFailed.toString())
            .with(RetryHeaders.DUE, due.toString())
            .with(RetryHeaders.REASON, DeadLetters.cut(reason))
            .with(RetryHeaders.PIPELINE, pipeline);
    Headers whole = resume == null ? all : all.with(RetryHeaders.RESUME, resume);
    return new OutgoingMessage(message.key(), message.body(), whole, place);
  }
}
