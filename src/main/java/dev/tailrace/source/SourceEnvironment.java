package dev.tailrace.source;

import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;

/**
 * What a source is given by its consumer.
 *
 * @param pipeline the pipeline's name
 * @param instance the process's name in its group, stable over restarts
 * @param consumer the index of the consumer within the process, from 0
 * @param loop the consumer's loop
 * @param events where the source reports assignments, commits and alarms
 * @param meters where the client of its broker may show what it counts
 */
public record SourceEnvironment(
    String pipeline,
    String instance,
    int consumer,
    Loop loop,
    PoolEvents events,
    ClientMeters meters) {

  /** Without meters of the client. */
  public SourceEnvironment(
      String pipeline, String instance, int consumer, Loop loop, PoolEvents events) {
    this(pipeline, instance, consumer, loop, events, ClientMeters.NONE);
  }
}
