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
 */
public record RetryPolicy(
    int attempts, Duration backoff, Duration maxBackoff, boolean jitter, List<String> permanent) {

  /** Five attempts, 200 ms to 30 s, full jitter; an illegal argument is permanent. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          5,
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          true,
          List.of(IllegalArgumentException.class.getName()));

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
    return new RetryPolicy(number, backoff, maxBackoff, jitter, permanent);
  }

  /** This policy with other bounds of the delay. */
  public RetryPolicy withBackoff(Duration first, Duration most) {
    return new RetryPolicy(attempts, first, most, jitter, permanent);
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
  Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 30);
    long most = Math.min(maxBackoff.toNanos(), backoff.toNanos() * (1L << doublings));
    if (most <= 0) {
      most = maxBackoff.toNanos();
    }
    return Duration.ofNanos(jitter ? random.nextLong(most + 1) : most);
  }
}
