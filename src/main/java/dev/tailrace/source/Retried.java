package dev.tailrace.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a message brings along that comes through a tier of retries.
 *
 * @param failures how often its handler has reported a failure so far, at least 0
 * @param firstFailed when it did so first, or null where that is not known
 * @param due before this moment it does not enter the pool
 * @param resume where its next attempt goes on, as its last snooze said; null for the beginning
 */
public record Retried(
    int failures, @Nullable Instant firstFailed, Instant due, @Nullable String resume) {

  /** What others have put into a tier: it is due at once, and brings nothing along. */
  public static final Retried NOTHING = new Retried(0, null, Instant.EPOCH, null);
}
