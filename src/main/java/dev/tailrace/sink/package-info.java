/**
 * Acknowledged output: dead letters and their way back, and the load of the demo; one {@link
 * dev.tailrace.sink.Sink} per kind of destination.
 */
@NullMarked
package dev.tailrace.sink;

import org.jspecify.annotations.NullMarked;
