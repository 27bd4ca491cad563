/**
 * The source: streams, sharded streams and the tiers of what was put off, read through a consumer
 * group. What arrives is held in its name until it is acknowledged, renewed while it is in hand,
 * and given back where it was not finished; what others leave behind is taken over.
 *
 * <p>A source, with all that it reads, holds and acknowledges, belongs to the event loop of its
 * consumer; configurations, messages and entries are immutable. One counter, of epochs, is shared
 * by all sources of the process, and atomic.
 */
@NullMarked
package dev.tailrace.redis.stream;

import org.jspecify.annotations.NullMarked;
