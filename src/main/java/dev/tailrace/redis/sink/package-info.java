/**
 * The sink: messages that are added to a stream, as dead letters and on their way back; the box in
 * which dead letters are looked at; and the tier in which messages wait for a later attempt until
 * they are due, and go to a stream that {@code stream} reads.
 *
 * <p>A sink or a box, with its connections, belongs to the event loop that it was made with; what
 * describes a destination is immutable.
 */
@NullMarked
package dev.tailrace.redis.sink;

import org.jspecify.annotations.NullMarked;
