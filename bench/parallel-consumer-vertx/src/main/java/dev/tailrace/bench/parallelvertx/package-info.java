/** Confluent Parallel Consumer over Vert.x. */
@NullMarked
package dev.tailrace.bench.parallelvertx;

import org.jspecify.annotations.NullMarked;
