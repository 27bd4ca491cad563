package dev.tailrace.sink;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A message as it lies in the destination of dead letters, with what its headers say of its death.
 * Immutable. What others have put there has none of our headers, and is read as nothing said.
 *
 * @param message as the destination holds it; its origin is the letter's own position
 */
public record DeadLetter(Message message) {
  private static final int BASE_36 = 36;

  /** Where the letter lies: {@code orders.dlq/0@12}. */
  public Origin position() {
    return message.origin();
  }

  /** When the letter was written, as the broker says. */
  public Instant writtenAt() {
    return message.timestamp();
  }

  /** The pipeline in which it died, or "". */
  public String pipeline() {
    return text(DeadLetterHeaders.PIPELINE);
  }

  /** Why it died, or "". */
  public String reason() {
    return text(DeadLetterHeaders.REASON);
  }

  /** The class of the failure, or "". */
  public String errorClass() {
    return text(DeadLetterHeaders.ERROR_CLASS);
  }

  /** One of {@link DeadLetterHeaders} as text, or "". */
  public String text(String header) {
    String text = message.headers().text(header);
    return text == null ? "" : text;
  }

  /** Where the message had come from; empty where the letter does not say. */
  public Optional<Origin> origin() {
    try {
      return Optional.of(Origin.parse(text(DeadLetterHeaders.ORIGIN)));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * What makes the replay another message than the one that died. It is that message's own position
   * and time, so that a letter which the destination holds twice, or which is sent twice, has one
   * id; a message that dies again has another position, and so another id.
   *
   * @param round from 1; each deliberate repetition has ids of its own
   */
  public String replayId(int round) {
    String from = origin().map(Origin::toString).orElseGet(() -> position().toString());
    String repeated = round > 1 ? "~" + round : "";
    return from + "~" + Long.toString(millisAtOrigin(), BASE_36) + repeated;
  }

  private long millisAtOrigin() {
    if (origin().isEmpty()) {
      return writtenAt().toEpochMilli();
    }
    try {
      return Instant.parse(text(DeadLetterHeaders.ORIGIN_TIMESTAMP)).toEpochMilli();
    } catch (DateTimeException | ArithmeticException unreadable) {
      return 0; // the same for every copy, unlike the time of this one
    }
  }

  /**
   * The message as it was before it died, bytes and headers in their order, and its replay id.
   *
   * @param round as in {@link #replayId}
   */
  public OutgoingMessage revived(int round) {
    List<Headers.Header> own = new ArrayList<>(message.headers().size());
    for (Headers.Header header : message.headers()) {
      boolean earlierReplay =
          header.name().equals(Headers.REPLAY_ID) || header.name().equals(Headers.REPLAY_PIPELINE);
      if (!DeadLetterHeaders.isOurs(header.name()) && !earlierReplay) {
        own.add(header);
      }
    }
    Headers headers = Headers.of(own).with(Headers.REPLAY_ID, replayId(round));
    if (!pipeline().isEmpty()) {
      headers = headers.with(Headers.REPLAY_PIPELINE, pipeline());
    }
    return new OutgoingMessage(message.key(), message.body(), headers);
  }

  /** Its position. */
  @Override
  public String toString() {
    return position().toString();
  }
}
