package dev.tailrace.app;

import dev.tailrace.observe.PoolEvents;

/**
 * The place of one consumer in its pool.
 *
 * @param pipeline what it consumes for
 * @param index which of the pipeline's consumers it is, from 0
 * @param consumers how many there are in this process
 * @param identity of the pool
 * @param events where it reports
 */
record Seat(Pipeline pipeline, int index, int consumers, PoolIdentity identity, PoolEvents events) {

  /** For people: {@code orders/0}. */
  String name() {
    return pipeline.name() + "/" + index;
  }

  PipelineLimits limits() {
    return pipeline.limits().share(index, consumers);
  }
}
