/** Confluent Parallel Consumer: the peer with acknowledgements per message and order by key. */
@NullMarked
package dev.tailrace.bench.parallel;

import org.jspecify.annotations.NullMarked;
