package dev.tailrace.runtime;

/**
 * The bounds of a simulation.
 *
 * @param turnNanos the most that one turn takes, at least 0; each takes up to it. With 0 a timer
 *     fires only when all loops are idle
 * @param workers how long blocking calls take
 * @param steps how many turns and due times one run may take before it counts as restless
 */
public record SimulationLimits(long turnNanos, WorkerTimes workers, long steps) {
  /** Turns of up to 20 µs, calls of up to 20 ms, a million steps. */
  public static final SimulationLimits DEFAULT =
      new SimulationLimits(20_000, WorkerTimes.upTo(20_000_000), 1_000_000);
}
