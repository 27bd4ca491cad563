package dev.tailrace.runtime;

import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Where a simulation asks for each of its free decisions. A seed answers at random; an enumeration
 * of small worlds answers in order, so a choice is asked for only where there are two ways.
 */
public interface Choices {
  /** Dice that always show the same: chance that enumerations leave out. */
  RandomGenerator NO_DICE = () -> 0;

  /** One of {@code 0 … bound - 1}; {@code bound} is at least 2. */
  int pick(int bound);

  /** Printed with every failure, so that the run can be repeated; also seeds the loops' dice. */
  long seed();

  /**
   * Whether all that can follow from this state has been followed before, or is about to be; then
   * the world may stop. Only an {@link Enumeration} knows, and only it looks at the state: all that
   * the rest of the run and its checks depend on.
   */
  default boolean isExplored(Supplier<Fingerprint> state) {
    return false;
  }

  /** The dice of the loop with this index; {@link #NO_DICE} in enumerations. */
  default RandomGenerator dice(int loop) {
    return new SplittableRandom(seed() * 31 + loop);
  }

  /** The choices of a seed: the same for the same seed, on every machine. */
  static Choices seeded(long seed) {
    return new Choices() {
      private final SplittableRandom random = new SplittableRandom(seed);

      @Override
      public int pick(int bound) {
        return random.nextInt(bound);
      }

      @Override
      public long seed() {
        return seed;
      }
    };
  }

  /** Any of {@code from … to}, both included. */
  default long between(long from, long to) {
    if (from >= to) {
      return from;
    }
    long span = Math.min(to - from, Integer.MAX_VALUE - 1L);
    return from + pick((int) span + 1);
  }
}
