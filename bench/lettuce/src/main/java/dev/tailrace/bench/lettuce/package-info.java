/** A loop over Lettuce, as measured beside Tailrace. */
@NullMarked
package dev.tailrace.bench.lettuce;

import org.jspecify.annotations.NullMarked;
