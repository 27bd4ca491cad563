package dev.tailrace.app;

import dev.tailrace.dispatch.Solitude;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.source.ReadLimits;
import java.util.Locale;

/**
 * The place of one consumer in its pool.
 *
 * @param pipeline what it consumes for
 * @param index which of the pipeline's consumers it is, from 0
 * @param consumers how many there are in this process
 * @param identity of the pool
 * @param events where it reports
 * @param meters where the client of its broker shows what it counts
 * @param solitude shared by all consumers of the pool
 * @param replaces whether the pipeline had consumers before in this process, which are gone
 */
record Seat(
    Pipeline pipeline,
    int index,
    int consumers,
    PoolIdentity identity,
    PoolEvents events,
    ClientMeters meters,
    Solitude solitude,
    boolean replaces) {

  /** For people: {@code orders/0}. */
  String name() {
    return pipeline.name() + "/" + index;
  }

  /**
   * What the event log says of the limits of all consumers of the pipeline in this process.
   *
   * @param limits the pipeline's own, or what they have become
   * @param instead whether they take the place of what was said before
   */
  String limitsInWords(PipelineLimits limits, boolean instead) {
    long concurrency = 0;
    long buffer = 0;
    long parked = 0;
    for (int each = 0; each < consumers; each++) {
      PipelineLimits share = limits.share(each, consumers);
      concurrency += share.concurrency();
      buffer += share.bufferMessages();
      parked += share.parked();
    }
    ReadLimits read = pipeline.source().limits();
    return "order="
        + pipeline.order().name().toLowerCase(Locale.ROOT)
        + (" consumers=" + consumers)
        + (" concurrency=" + concurrency)
        + (" buffer=" + buffer)
        + (" poll=" + (long) read.poll() * consumers * (1 + pipeline.retrySources().size()))
        + (" window=" + read.window())
        + (" idle=" + read.idleMillis())
        + (" parked=" + parked)
        + (" attempts=" + pipeline.retry().attempts())
        + (instead ? " replaces=earlier" : "");
  }

  PipelineLimits limits() {
    return pipeline.limits().share(index, consumers);
  }
}
