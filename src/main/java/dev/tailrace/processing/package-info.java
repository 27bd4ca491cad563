/**
 * One flight of one message: claim, handler, retry decision, settlement. {@link
 * dev.tailrace.processing.Flight} is the state machine, {@link dev.tailrace.processing.Settlement}
 * the only place that looks at outcomes.
 */
@NullMarked
package dev.tailrace.processing;

import org.jspecify.annotations.NullMarked;
