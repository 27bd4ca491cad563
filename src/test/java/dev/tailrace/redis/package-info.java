/** Redis as a source, a store and a sink, on real servers. */
@NullMarked
package dev.tailrace.redis;

import org.jspecify.annotations.NullMarked;
