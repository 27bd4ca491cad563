/**
 * The checker: reads what processes, witnesses and the broker left behind, and says of each promise
 * whether it was kept. It shares nothing with the pool but the event records, so that a fault of
 * the pool is not also one of its judge. A check and all it is made of is used by one thread.
 */
@NullMarked
package dev.tailrace.verify;

import org.jspecify.annotations.NullMarked;
