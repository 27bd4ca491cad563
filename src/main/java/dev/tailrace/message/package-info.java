/**
 * All that the author of a handler sees: the {@link dev.tailrace.message.Message}, the three shapes
 * of a handler, and the {@link dev.tailrace.message.Outcome} a handler returns.
 */
@NullMarked
package dev.tailrace.message;

import org.jspecify.annotations.NullMarked;
