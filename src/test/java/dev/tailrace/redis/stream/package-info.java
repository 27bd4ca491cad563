/** Streams, shards and tiers as sources, on real servers. */
@NullMarked
package dev.tailrace.redis.stream;

import org.jspecify.annotations.NullMarked;
