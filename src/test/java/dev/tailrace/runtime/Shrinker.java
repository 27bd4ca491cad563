package dev.tailrace.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes the list of choices of a failing run short and plain: of the lists that still fail it keeps
 * the one that is shorter, or as long and smaller at its first difference.
 *
 * <p>Pieces are left out by delta debugging (A. Zeller, R. Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", IEEE TSE 2002); then pieces become zeros, and single choices smaller, as
 * the reducer of Hypothesis does it to the choices of a generator rather than to what it generated
 * (D. MacIver, A. Donaldson, "Test-Case Reduction via Test-Case Generation", ECOOP 2020). Over
 * again until nothing helps, or the runs are used up.
 */
public final class Shrinker {
  /** Choices that one thing of many takes, at most. */
  private static final int MOST_OF_ONE = 4;

  private final Predicate<List<Integer>> fails;
  private int runsLeft;
  private List<Integer> best;

  private Shrinker(List<Integer> picks, int runs, Predicate<List<Integer>> fails) {
    this.best = plain(picks);
    this.runsLeft = runs;
    this.fails = fails;
  }

  /**
   * Shrinks a list.
   *
   * @param picks of a run that fails
   * @param runs how many candidates may be run
   * @param fails whether {@link ReplayedChoices} of a candidate fail in the same way
   * @return a list that fails, at most as long as {@code picks}
   */
  public static List<Integer> shrink(
      List<Integer> picks, int runs, Predicate<List<Integer>> fails) {
    return new Shrinker(picks, runs, fails).shrink();
  }

  private List<Integer> shrink() {
    boolean better = true;
    while (better && runsLeft > 0) {
      List<Integer> before = best;
      for (int size = Math.max(1, best.size() / 2); size > 0 && runsLeft > 0; size /= 2) {
        leaveOut(size);
        flatten(size);
      }
      lower();
      trade();
      better = !best.equals(before);
    }
    return best;
  }

  private void leaveOut(int size) {
    for (int from = best.size() - size; from >= 0 && runsLeft > 0; from -= size) {
      if (from + size <= best.size()) { // it may have become shorter than that meanwhile
        List<Integer> shorter = new ArrayList<>(best);
        shorter.subList(from, from + size).clear();
        offer(shorter);
      }
    }
  }

  private void flatten(int size) {
    for (int from = 0; from + size <= best.size() && runsLeft > 0; from += size) {
      List<Integer> flat = new ArrayList<>(best);
      flat.subList(from, from + size).replaceAll(pick -> 0);
      offer(flat);
    }
  }

  private void lower() {
    for (int at = 0; at < best.size() && runsLeft > 0; at++) {
      int least = 0; // no smaller pick than this has been seen to fail
      while (at < best.size() && least < best.get(at)) {
        int middle = (least + best.get(at)) >>> 1;
        List<Integer> lower = new ArrayList<>(best);
        lower.set(at, middle);
        if (!offer(lower)) {
          least = middle + 1;
        }
      }
    }
  }

  /** Lowers a number of things together with leaving out the choices of one of them. */
  private void trade() {
    for (int at = 0; at < best.size() && runsLeft > 0; at++) {
      for (int size = 1; size <= MOST_OF_ONE; size++) {
        for (int from = at + 1; from + size <= best.size() && best.get(at) > 0; from++) {
          List<Integer> fewer = new ArrayList<>(best);
          fewer.set(at, best.get(at) - 1);
          fewer.subList(from, from + size).clear();
          offer(fewer);
        }
      }
    }
  }

  private boolean offer(List<Integer> candidate) {
    List<Integer> plain = plain(candidate);
    if (runsLeft == 0 || !isSmaller(plain, best)) {
      return false;
    }
    runsLeft--;
    boolean failed = fails.test(plain);
    if (failed) {
      best = plain;
    }
    return failed;
  }

  /** After the end of a list every pick is 0 anyway. */
  private static List<Integer> plain(List<Integer> picks) {
    int length = picks.size();
    while (length > 0 && picks.get(length - 1) == 0) {
      length--;
    }
    return List.copyOf(picks.subList(0, length));
  }

  private static boolean isSmaller(List<Integer> one, List<Integer> other) {
    if (one.size() != other.size()) {
      return one.size() < other.size();
    }
    for (int i = 0; i < one.size(); i++) {
      int order = Integer.compare(one.get(i), other.get(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }
}
