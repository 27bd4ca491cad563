/** Tailrace itself, and what its users would write without it on the same clients. */
@NullMarked
package dev.tailrace.bench.clients;

import org.jspecify.annotations.NullMarked;
