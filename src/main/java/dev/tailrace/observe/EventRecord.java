package dev.tailrace.observe;

import org.jspecify.annotations.Nullable;

/**
 * One line of an event log. A field that the line does not have is null, or 0 for a number.
 *
 * @param seq counts the lines of an incarnation from 1, in file order, without a gap
 * @param inc the incarnation of the process
 * @param monoNanos the process's monotonic clock; comparable within an incarnation
 * @param wallMillis the wall clock, for people; nothing is ordered by it
 * @param proc the instance's name
 * @param ev what happened
 * @param pipeline whose
 * @param source partition or stream
 * @param pos position in it
 * @param epoch of the assignment
 * @param msg the message's origin, {@code orders/2@57}
 * @param key the message's key, as the log's privacy has it
 * @param attempt from 1; 0 before the first
 * @param outcome how it ended, or what kind it is of
 * @param detail in words
 */
public record EventRecord(
    long seq,
    String inc,
    long monoNanos,
    long wallMillis,
    String proc,
    EventKind ev,
    @Nullable String pipeline,
    @Nullable String source,
    @Nullable String pos,
    int epoch,
    @Nullable String msg,
    @Nullable String key,
    int attempt,
    @Nullable String outcome,
    @Nullable String detail) {}
