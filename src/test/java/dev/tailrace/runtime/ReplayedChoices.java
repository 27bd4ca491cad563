package dev.tailrace.runtime;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Picks from a list. Any list is a run of any world, which is what makes lists fit for shrinking: a
 * pick that is out of bounds is the last one allowed, and after the end of the list every pick is
 * 0, which worlds give to their plainest way.
 */
public final class ReplayedChoices implements Choices {
  private final long seed;
  private final List<Integer> picks;
  private final boolean withoutDice;
  private int next;

  private ReplayedChoices(long seed, List<Integer> picks, boolean withoutDice) {
    this.seed = seed;
    this.picks = List.copyOf(picks);
    this.withoutDice = withoutDice;
  }

  /** Repeats what was recorded of a run with this seed, whose dice it needs. */
  public static ReplayedChoices of(long seed, List<Integer> picks) {
    return new ReplayedChoices(seed, picks, false);
  }

  /** Repeats a run of an {@link Enumeration}. */
  public static ReplayedChoices enumerated(List<Integer> picks) {
    return new ReplayedChoices(0, picks, true);
  }

  /** How many picks of the list have been used. */
  public int used() {
    return Math.min(next, picks.size());
  }

  @Override
  public int pick(int bound) {
    int pick = next < picks.size() ? Math.min(picks.get(next), bound - 1) : 0;
    next++;
    return pick;
  }

  @Override
  public long seed() {
    return seed;
  }

  /** False; but the state is looked at, since worlds may check it then. */
  @Override
  public boolean isExplored(Supplier<Fingerprint> state) {
    if (withoutDice) {
      Fingerprint unused = state.get();
    }
    return false;
  }

  @Override
  public RandomGenerator dice(int loop) {
    return withoutDice ? NO_DICE : Choices.super.dice(loop);
  }
}
