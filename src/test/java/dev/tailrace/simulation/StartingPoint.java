package dev.tailrace.simulation;

import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import org.jspecify.annotations.Nullable;

/**
 * Where a partition goes on.
 *
 * @param partition the assignment
 * @param committed what the broker holds, or null
 * @param start the offset that is read first
 */
record StartingPoint(Partition partition, @Nullable Position committed, long start) {}
