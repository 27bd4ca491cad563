/**
 * All that knows Redis: one dedicated connection ({@code RedisLink}), the source that reads streams
 * through a consumer group, the idempotency store whose operations are scripts on the server, and
 * the sink that writes dead letters to a stream.
 */
@NullMarked
package dev.tailrace.redis;

import org.jspecify.annotations.NullMarked;
