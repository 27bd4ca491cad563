package dev.tailrace.smallworld;

import java.util.Locale;

/**
 * What a small world is enumerated over.
 *
 * @param effects which promise on effects it is held to
 * @param grain how finely loops interleave with everything else
 * @param budget how often what may happen
 */
record SmallSetting(Effects effects, Grain grain, SmallBudget budget) {
  /** What is promised of effects. */
  enum Effects {
    /** Grade A: there is no store. */
    AT_LEAST_ONCE,
    /** Grade B: there is a store. */
    ONCE_BUT_FOR_WINDOWS,
    /** Held to grade B without a store: a promise that is broken, for the test of the test. */
    TOO_MUCH
  }

  /** Whether there is a store. */
  boolean store() {
    return effects == Effects.ONCE_BUT_FOR_WINDOWS;
  }

  /** Whether the witness expects that effects happen under claims. */
  boolean witnessed() {
    return effects != Effects.AT_LEAST_ONCE;
  }

  /** How finely loops interleave with everything else. */
  enum Grain {
    /** Something may happen between any two turns. */
    TURN,
    /** What a loop does on one occasion, over all its turns, is one step. */
    OCCASION,
    /** As above, and an answer arrives when its request is carried out. */
    EXCHANGE
  }

  @Override
  public String toString() {
    String grade = store() ? "B" : "A";
    return "grade %s, %s, by %s".formatted(grade, budget, grain.name().toLowerCase(Locale.ROOT));
  }
}
