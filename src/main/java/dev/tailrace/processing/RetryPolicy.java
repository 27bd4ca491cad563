package dev.tailrace.processing;

import dev.tailrace.message.DecodeException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * When a failed message runs again. Immutable.
 *
 * <p>Attempt {@code n} is followed by a delay drawn evenly from {@code [0, min(maxBackoff, backoff
 * · 2^(n-1))]}: exponential backoff with full jitter (M. Brooker, "Exponential Backoff And Jitter",
 * 2015).
 *
 * @param attempts how many reported failures make a message exhausted, at least 1
 * @param backoff the upper bound of the first delay, above zero
 * @param maxBackoff the upper bound of any delay, at least {@code backoff}
 * @param jitter whether to draw the delay or to take its upper bound
 * @param permanent names of exception classes that are not worth a second attempt, subclasses
 *     included
 * @param onExhausted what becomes of a message that no further attempt can mend
 * @param overflow what becomes of a failed message where no more may be parked
 * @param breaker when failures are an outage
 */
public record RetryPolicy(
    int attempts,
    Duration backoff,
    Duration maxBackoff,
    boolean jitter,
    List<String> permanent,
    OnExhausted onExhausted,
    Overflow overflow,
    BreakerPolicy breaker) {

  /** What becomes of a message after its last attempt, or after a permanent failure. */
  public enum OnExhausted {
    /** It goes to the destination of dead letters. */
    DEAD_LETTER,
    /** It is finished, with a line in the log. */
    DISCARD
  }

  /** What becomes of a failed message where as many are parked as may be. */
  public enum Overflow {
    /** It waits with its permit, which slows the pipeline down. */
    PAUSE,
    /** It goes to the destination of dead letters. */
    DEAD_LETTER,
    /** It goes to a tier of retries, where there is one; its order is given up. */
    MOVE
  }

  /** Five attempts, 200 ms to 30 s, full jitter; an illegal argument is permanent. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          5,
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          true,
          List.of(IllegalArgumentException.class.getName()),
          OnExhausted.DEAD_LETTER,
          Overflow.PAUSE,
          BreakerPolicy.DEFAULT);

  /**
   * A policy that ends in dead letters, and waits where no more may be parked, with the default
   * breaker.
   */
  public RetryPolicy(
      int attempts, Duration backoff, Duration maxBackoff, boolean jitter, List<String> permanent) {
    this(
        attempts,
        backoff,
        maxBackoff,
        jitter,
        permanent,
        OnExhausted.DEAD_LETTER,
        Overflow.PAUSE,
        BreakerPolicy.DEFAULT);
  }

  /** Refuses values out of range. */
  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
    }
    if (backoff.isNegative() || backoff.isZero() || maxBackoff.compareTo(backoff) < 0) {
      throw new IllegalArgumentException("backoff must be above 0 and at most max-backoff");
    }
    permanent = List.copyOf(permanent);
  }

  /** This policy with another number of attempts. */
  public RetryPolicy withAttempts(int number) {
    return new RetryPolicy(
        number, backoff, maxBackoff, jitter, permanent, onExhausted, overflow, breaker);
  }

  /** This policy with other bounds of the delay. */
  public RetryPolicy withBackoff(Duration first, Duration most) {
    return new RetryPolicy(
        attempts, first, most, jitter, permanent, onExhausted, overflow, breaker);
  }

  /** This policy with another end of messages. */
  public RetryPolicy with(OnExhausted end) {
    return new RetryPolicy(
        attempts, backoff, maxBackoff, jitter, permanent, end, overflow, breaker);
  }

  /** This policy with another overflow. */
  public RetryPolicy with(Overflow beyond) {
    return new RetryPolicy(
        attempts, backoff, maxBackoff, jitter, permanent, onExhausted, beyond, breaker);
  }

  /** This policy with another measure of an outage. */
  public RetryPolicy with(BreakerPolicy outage) {
    return new RetryPolicy(
        attempts, backoff, maxBackoff, jitter, permanent, onExhausted, overflow, outage);
  }

  /** Whether a message that has failed so often is exhausted. */
  boolean isExhausted(int failures) {
    return failures >= attempts;
  }

  /** Whether a second attempt could not end otherwise. */
  boolean isPermanent(Throwable failure) {
    if (failure instanceof DecodeException) {
      return true;
    }
    for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
      if (permanent.contains(type.getName())) {
        return true;
      }
    }
    return false;
  }

  /** The delay after the given number of failures, at least 1. */
  public Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 30);
    long most = Math.min(maxBackoff.toNanos(), backoff.toNanos() * (1L << doublings));
    if (most <= 0) {
      most = maxBackoff.toNanos();
    }
    return Duration.ofNanos(jitter ? random.nextLong(most + 1) : most);
  }
}
