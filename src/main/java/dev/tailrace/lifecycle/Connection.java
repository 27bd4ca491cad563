package dev.tailrace.lifecycle;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the way to something outside the process stands; a snapshot.
 *
 * @param name of what is at the other end, for people: {@code redis orders:dlq}
 * @param connected whether it answers
 * @param since since when that is so
 * @param error what went wrong last, or null while connected
 */
public record Connection(String name, boolean connected, Instant since, @Nullable String error) {}
