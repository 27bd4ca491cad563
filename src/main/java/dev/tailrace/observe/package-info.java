/**
 * The one list of pool events ({@link dev.tailrace.observe.PoolEvents}) and its readers: meters and
 * the event log. Nothing here decides anything.
 */
@NullMarked
package dev.tailrace.observe;

import org.jspecify.annotations.NullMarked;
