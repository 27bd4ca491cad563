/**
 * The idempotency store: records that claims, renewals and completions change in one step each, by
 * scripts on the server or, where we may run none, by transactions; on one server or on all of a
 * cluster. Canaries beside the records tell of losses, and a near cache answers for what is
 * finished.
 *
 * <p>A store with its connections and its cache belongs to the event loop of the consumer that
 * opened it; records and keys are immutable.
 */
@NullMarked
package dev.tailrace.redis.store;

import org.jspecify.annotations.NullMarked;
