package dev.tailrace.simulation;

/**
 * How large a world may be; how large it is, is a choice. A shrinker lowers the numbers.
 *
 * @param messages the most that are there at the beginning, over all partitions, at least 1; some
 *     may be added
 * @param faults how many things may happen to it, at least 0
 * @param processes how many may run at once, at least 1
 * @param steps how many steps it may take before it counts as restless
 */
public record WorldLimits(int messages, int faults, int processes, long steps) {
  /** What campaigns run for the most part: most faults need few messages and two processes. */
  public static final WorldLimits SMALL = new WorldLimits(8, 5, 2, 200_000);

  /** Now and then: three processes, and time for one fault to meet the next. */
  public static final WorldLimits MEDIUM = new WorldLimits(20, 8, 3, 200_000);

  /** The rarer large one. */
  public static final WorldLimits LARGE = new WorldLimits(200, 30, 4, 2_000_000);
}
