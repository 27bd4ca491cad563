package dev.tailrace.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Writes down what another source of choices picks, so that {@link ReplayedChoices} can repeat it.
 */
public final class RecordedChoices implements Choices {
  private final Choices choices;
  private final List<Integer> picks = new ArrayList<>();

  /** Records {@code choices}. */
  public RecordedChoices(Choices choices) {
    this.choices = choices;
  }

  /** What was picked so far, in order. */
  public List<Integer> picks() {
    return List.copyOf(picks);
  }

  @Override
  public int pick(int bound) {
    int pick = choices.pick(bound);
    picks.add(pick);
    return pick;
  }

  @Override
  public long seed() {
    return choices.seed();
  }

  @Override
  public boolean isExplored(Supplier<Fingerprint> state) {
    return choices.isExplored(state);
  }

  @Override
  public RandomGenerator dice(int loop) {
    return choices.dice(loop);
  }
}
