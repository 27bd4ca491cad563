/** Streams as destinations, and the dead letters in them, on a real server. */
@NullMarked
package dev.tailrace.redis.sink;

import org.jspecify.annotations.NullMarked;
