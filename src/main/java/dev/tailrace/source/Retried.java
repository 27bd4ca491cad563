package dev.tailrace.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a message brings along that comes through a tier of retries.
 *
 * @param failures how often its handler has reported a failure so far, at least 0
 * @param firstFailed when it did so first, or null where that is not known
 * @param due before this moment it does not enter the pool
 */
public record Retried(int failures, @Nullable Instant firstFailed, Instant due) {}
