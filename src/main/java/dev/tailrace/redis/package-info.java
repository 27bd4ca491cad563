/**
 * All that knows Redis: one dedicated connection ({@code RedisLink}), the sources that read streams
 * and sharded streams through a consumer group, leases, the idempotency store whose operations are
 * scripts on the server, and the sink that writes dead letters to a stream.
 */
@NullMarked
package dev.tailrace.redis;

import org.jspecify.annotations.NullMarked;
