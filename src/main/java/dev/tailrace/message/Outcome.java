package dev.tailrace.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a handler says of a message: the acknowledgement, and the only one. Immutable. */
public sealed interface Outcome {
  /** Which of the five it is; Java 17 has no switch over types. */
  Kind kind();

  /** The five outcomes. */
  enum Kind {
    /** The work is done. */
    DONE,
    /** Try again; costs an attempt. */
    RETRY,
    /** Try again later; costs no attempt. */
    SNOOZE,
    /** Send it to the dead-letter destination. */
    DEAD_LETTER,
    /** Drop it, with an audit line. */
    DISCARD
  }

  /** The work is done. */
  static Outcome done() {
    return Done.INSTANCE;
  }

  /**
   * The work is done once the idempotency store has carried out these effects, which it does in one
   * transaction with its mark, or not at all: at most once, whatever fails. Where it refuses them,
   * the message has failed; where its claim has passed to another, nothing is carried out.
   */
  static Outcome done(Effects effects) {
    return new Done(effects);
  }

  /** Try again after the policy's backoff. */
  static Outcome retry(String reason) {
    return new Retry(reason, null, null);
  }

  /** Try again after exactly {@code after}, as a server's Retry-After asks; at least zero. */
  static Outcome retry(String reason, Duration after) {
    return new Retry(reason, after, null);
  }

  /** Try again after the policy's backoff, or after {@code after} where it is given. */
  static Outcome retry(String reason, @Nullable Duration after, @Nullable Throwable cause) {
    return new Retry(reason, after, cause);
  }

  /** Run again after {@code delay} without having cost an attempt; at most 100 times a message. */
  static Outcome snooze(Duration delay) {
    return new Snooze(delay, null);
  }

  /**
   * Likewise, and the next start is told where to go on, by {@link MessageContext#resume}: in this
   * process, or with an idempotency store that outlives it in another; without one, also behind a
   * tier of retries, to which the message takes it along. It is kept over failures, until another
   * snooze says otherwise.
   *
   * @param resume 1 to 1,024 bytes in UTF-8
   * @throws IllegalArgumentException where it is longer, or empty
   */
  static Outcome snooze(Duration delay, String resume) {
    return new Snooze(delay, resume);
  }

  /** Send the message to the dead-letter destination. */
  static Outcome deadLetter(String reason) {
    return new DeadLetter(reason, null);
  }

  /** Send the message to the dead-letter destination, with the failure that explains it. */
  static Outcome deadLetter(String reason, Throwable cause) {
    return new DeadLetter(reason, cause);
  }

  /** Drop the message; the reason is logged. */
  static Outcome discard(String reason) {
    return new Discard(reason);
  }

  /**
   * See {@link Outcome#done()}.
   *
   * @param effects that are still to be carried out with the mark, or null
   */
  record Done(@Nullable Effects effects) implements Outcome {
    private static final Done INSTANCE = new Done(null);

    @Override
    public Kind kind() {
      return Kind.DONE;
    }
  }

  /**
   * See {@link Outcome#retry(String)}.
   *
   * @param reason for logs and, in the end, the dead letter
   * @param after the delay asked for, or null for the policy's backoff
   * @param cause the failure behind it, or null
   */
  record Retry(String reason, @Nullable Duration after, @Nullable Throwable cause)
      implements Outcome {
    @Override
    public Kind kind() {
      return Kind.RETRY;
    }
  }

  /**
   * See {@link Outcome#snooze(Duration, String)}.
   *
   * @param delay how long to wait, at least zero
   * @param resume where to go on, or null: from the beginning
   */
  record Snooze(Duration delay, @Nullable String resume) implements Outcome {
    /** The most bytes of {@code resume}, in UTF-8: it is part of the message's record. */
    public static final int LONGEST_RESUME = 1_024;

    /** Refuses a {@code resume} that is empty or too long. */
    public Snooze {
      int bytes = resume == null ? 1 : resume.getBytes(StandardCharsets.UTF_8).length;
      if (bytes < 1 || bytes > LONGEST_RESUME) {
        throw new IllegalArgumentException(
            "where to go on after a snooze takes 1 to %d bytes, not %d"
                .formatted(LONGEST_RESUME, bytes));
      }
    }

    @Override
    public Kind kind() {
      return Kind.SNOOZE;
    }
  }

  /**
   * See {@link Outcome#deadLetter(String)}.
   *
   * @param reason a short, groupable reason
   * @param cause the failure behind it, or null
   */
  record DeadLetter(String reason, @Nullable Throwable cause) implements Outcome {
    @Override
    public Kind kind() {
      return Kind.DEAD_LETTER;
    }
  }

  /**
   * See {@link Outcome#discard(String)}.
   *
   * @param reason logged with the message's origin
   */
  record Discard(String reason) implements Outcome {
    @Override
    public Kind kind() {
      return Kind.DISCARD;
    }
  }
}
