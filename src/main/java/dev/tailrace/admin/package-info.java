/**
 * HTTP in front of a pool, as a client of {@link dev.tailrace.app.Tailrace} like any other: one
 * server for probes and metrics, one for state and control.
 */
@NullMarked
package dev.tailrace.admin;

import org.jspecify.annotations.NullMarked;
