package dev.tailrace.sink;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import dev.tailrace.runtime.ResendingBatcher.Pauses;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Sends the messages of one consumer that died to their destination: key and body as they came, the
 * headers in their order, then {@link DeadLetterHeaders}; those of an earlier death are replaced.
 * Batches what a turn sends, and sends again while the answer is unknown, so that the destination
 * may hold a letter twice, never not at all. Belongs to its loop.
 */
public final class DeadLetters {
  /** The longest reason or failure message that is sent along, in characters. */
  public static final int MAX_TEXT = 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final BatcherLimits LIMITS = new BatcherLimits(100, 4);

  private final Loop loop;
  private final String pipeline;
  private final String instance;
  private final ResendingBatcher<OutgoingMessage, Sink.Sent> letters;
  private Consumer<Throwable> resending = cause -> {}; // event loop only

  /**
   * Why a message died.
   *
   * @param reason in a few words
   * @param cause the failure behind it, or null
   * @param attempts how many attempts were made, at least 0
   * @param firstFailed when the first of them failed, or null where only the last is known
   */
  public record Reason(
      String reason, @Nullable Throwable cause, int attempts, @Nullable Instant firstFailed) {
    /** With nothing known of earlier failures. */
    public Reason(String reason, @Nullable Throwable cause, int attempts) {
      this(reason, cause, attempts, null);
    }
  }

  /** Makes the way to one destination; the sink is opened and closed by its owner. */
  public DeadLetters(Loop loop, Sink sink, String pipeline, String instance) {
    this.loop = loop;
    this.pipeline = pipeline;
    this.instance = instance;
    this.letters = new ResendingBatcher<>(loop, LIMITS, Pauses.DEFAULT, new Letters(sink));
  }

  /**
   * Has somebody told, on the loop, each time when letters begin to be sent again, with what the
   * first of them failed with.
   */
  public void onResending(Consumer<Throwable> told) {
    assert loop.inLoop();
    resending = told;
  }

  /**
   * Sends a message that died. Completes when its destination has acknowledged it; failed with
   * {@link MessageRefusedException} where it will never be taken as it is; otherwise unknown or
   * failed only after {@link #stopResending}. Never fails.
   */
  public Future<Reply<Sink.Sent>> send(Message message, Reason reason) {
    assert loop.inLoop();
    return letters.submit(letter(message, reason));
  }

  private OutgoingMessage letter(Message message, Reason reason) {
    List<Headers.Header> headers = new ArrayList<>(message.headers().size() + 10);
    Instant now = loop.wall();
    Instant first = reason.firstFailed() == null ? now : reason.firstFailed();
    for (Headers.Header header : message.headers()) {
      if (!DeadLetterHeaders.isOurs(header.name())) {
        headers.add(header);
      }
    }
    Headers all =
        Headers.of(headers)
            .with(DeadLetterHeaders.REASON, cut(reason.reason()))
            .with(DeadLetterHeaders.ATTEMPTS, Integer.toString(reason.attempts()))
            .with(DeadLetterHeaders.ORIGIN, message.origin().toString())
            .with(DeadLetterHeaders.ORIGIN_TIMESTAMP, message.timestamp().toString())
            .with(DeadLetterHeaders.PIPELINE, pipeline)
            .with(DeadLetterHeaders.INSTANCE, instance)
            .with(DeadLetterHeaders.FIRST_FAILED_AT, first.toString())
            .with(DeadLetterHeaders.FAILED_AT, now.toString());
    Throwable cause = reason.cause();
    if (cause != null) {
      all = all.with(DeadLetterHeaders.ERROR_CLASS, cause.getClass().getName());
      String text = cause.getMessage();
      all = text == null ? all : all.with(DeadLetterHeaders.ERROR_MESSAGE, cut(text));
    }
    return new OutgoingMessage(message.key(), message.body(), all);
  }

  /** Never between the two halves of a character. */
  static String cut(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
    return text.substring(0, end);
  }

  /** Letters that their destination has not acknowledged yet, and that were not given up. */
  public int pending() {
    return letters.pending();
  }

  /** Whether letters are being sent again now: the destination does not answer as it should. */
  public boolean isResending() {
    return letters.isResending();
  }

  /** All letters so far, by their end. */
  public Tally tally() {
    return letters.tally();
  }

  /** Completes when every letter sent so far is answered or given up; never fails. */
  public Future<Tally> flush() {
    return letters.flush();
  }

  /** Sends nothing again from now on: what waits is answered with what is known of it at once. */
  public void stopResending() {
    letters.stopResending();
  }

  /** Says so when letters begin to be sent again, and when they no longer are. */
  private final class Letters extends LetterDestination {
    private final String destination;

    Letters(Sink sink) {
      super(sink);
      this.destination = sink.destination();
    }

    @Override
    public void resendingBegins(Throwable cause) {
      log(Level.WARN, "dead letters are not acknowledged; they are sent again", cause);
      resending.accept(cause);
    }

    @Override
    public void resendingEnds() {
      log(Level.INFO, "dead letters are acknowledged again", null);
    }

    private void log(Level level, String event, @Nullable Throwable cause) {
      LOG.atLevel(level)
          .addKeyValue("pipeline", pipeline)
          .addKeyValue("destination", destination)
          .setCause(cause)
          .log(event);
    }
  }
}
