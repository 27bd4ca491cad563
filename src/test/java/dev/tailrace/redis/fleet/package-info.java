/** A fleet's list and its orders, on a real server. */
@NullMarked
package dev.tailrace.redis.fleet;

import org.jspecify.annotations.NullMarked;
