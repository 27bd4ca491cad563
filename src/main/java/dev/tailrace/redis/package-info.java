/**
 * All that knows Redis, in five parts. {@code link} is the way to the servers and sees none of the
 * others; {@code store} keeps idempotency keys, {@code stream} reads streams, {@code fleet} knows
 * which instances there are, and each of the three sees {@code link} alone; {@code sink} writes
 * what {@code stream} reads, and sees both. Nothing lies here itself.
 */
@NullMarked
package dev.tailrace.redis;

import org.jspecify.annotations.NullMarked;
