package dev.tailrace.smallworld;

import java.util.ArrayList;
import java.util.List;

/**
 * How often each thing may happen in one run of a small world; each may also not happen, and all at
 * any step.
 *
 * @param crashes of either instance, as by SIGKILL
 * @param rebalances the partition moves: given back in order, or taken without asking
 * @param unknown requests whose answers are unknown
 * @param early how often a timer fires although something else could still happen before it
 * @param stalls how often time passes for longer than leases and revocations, while handlers run
 * @param silences how often time passes likewise while nothing reaches a server or comes back,
 *     after an instance has lost its partition and before it knows
 */
record SmallBudget(
    int crashes, int rebalances, Unknown unknown, int early, int stalls, int silences) {

  /**
   * Requests whose answer is unknown; carried out, or not.
   *
   * @param claims of keys
   * @param marks of keys
   * @param commits of positions, or to read back what is committed
   */
  record Unknown(int claims, int marks, int commits) {}

  static SmallBudget of(int crashes, int rebalances) {
    return new SmallBudget(crashes, rebalances, new Unknown(0, 0, 0), 0, 0, 0);
  }

  SmallBudget unknown(int claims, int marks, int commits) {
    Unknown all = new Unknown(claims, marks, commits);
    return new SmallBudget(crashes, rebalances, all, early, stalls, silences);
  }

  SmallBudget early(int timers) {
    return new SmallBudget(crashes, rebalances, unknown, timers, stalls, silences);
  }

  SmallBudget stalls(int number) {
    return new SmallBudget(crashes, rebalances, unknown, early, number, silences);
  }

  SmallBudget silences(int number) {
    return new SmallBudget(crashes, rebalances, unknown, early, stalls, number);
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    add(parts, crashes, "crash");
    add(parts, rebalances, "rebalance");
    add(parts, unknown.claims(), "unknown claim");
    add(parts, unknown.marks(), "unknown mark");
    add(parts, unknown.commits(), "unknown commit");
    add(parts, early, "early timer");
    add(parts, stalls, "stall");
    add(parts, silences, "silence");
    return parts.isEmpty() ? "no faults" : String.join(" + ", parts);
  }

  private static void add(List<String> parts, int number, String what) {
    if (number > 0) {
      parts.add(number + " " + what);
    }
  }
}
