/**
 * Lanes, permits, limits, parked retries and the one way to stop work: {@link
 * dev.tailrace.dispatch.Dispatcher#quiesce}.
 */
@NullMarked
package dev.tailrace.dispatch;

import org.jspecify.annotations.NullMarked;
