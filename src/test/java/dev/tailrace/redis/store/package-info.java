/** The idempotency store, on one server and on a cluster, by scripts and by transactions. */
@NullMarked
package dev.tailrace.redis.store;

import org.jspecify.annotations.NullMarked;
