package dev.tailrace.redis.stream;

import org.jspecify.annotations.Nullable;

/**
 * An entry as it came. Immutable.
 *
 * @param read what it says
 * @param bytes what it weighs
 * @param count what the server says of its deliveries
 * @param starts where its starts are counted, or null where something else that lasts does that
 * @param askedAt when the request was sent that brought it, in nanos: from then on it was ours
 */
record Arrival(
    EntryForm.Read read,
    int bytes,
    DeliveryCount count,
    @Nullable StartCounts starts,
    long askedAt) {}
