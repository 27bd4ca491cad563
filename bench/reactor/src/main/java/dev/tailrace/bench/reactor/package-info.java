/** Reactor Kafka. */
@NullMarked
package dev.tailrace.bench.reactor;

import org.jspecify.annotations.NullMarked;
