package dev.tailrace.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A run at random that nothing cuts short: it goes on where an enumeration stopped, since it had
 * met an equal state before. Were two states taken for equal that are not, it would come to states
 * that the enumeration has never met.
 */
public final class FreeRun implements Choices {
  private final long seed;
  private final SplittableRandom random;
  private final Predicate<Fingerprint> enumerated;
  private final List<Integer> picks = new ArrayList<>();

  /**
   * Makes the choices of one run.
   *
   * @param enumerated whether a state was met by an enumeration that exhausted the world
   */
  public FreeRun(long seed, Predicate<Fingerprint> enumerated) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.enumerated = enumerated;
  }

  @Override
  public int pick(int bound) {
    int pick = random.nextInt(bound);
    picks.add(pick);
    return pick;
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public boolean isExplored(Supplier<Fingerprint> state) {
    if (!enumerated.test(state.get())) {
      throw new AssertionError("a state that was not enumerated, by the picks " + picks);
    }
    return false;
  }

  @Override
  public RandomGenerator dice(int loop) {
    return NO_DICE;
  }
}
