package dev.tailrace.smallworld;

/** What is left of a budget. */
final class SmallFaults {
  int crashes;
  int rebalances;
  int early;
  int stalls;
  int silences;
  private int claims;
  private int marks;
  private int commits;

  SmallFaults(SmallBudget budget) {
    crashes = budget.crashes();
    rebalances = budget.rebalances();
    claims = budget.unknown().claims();
    marks = budget.unknown().marks();
    commits = budget.unknown().commits();
    early = budget.early();
    stalls = budget.stalls();
    silences = budget.silences();
  }

  boolean mayLose(Line.Kind kind) {
    return switch (kind) {
      case CLAIM -> claims > 0;
      case MARK -> marks > 0;
      case COMMIT -> commits > 0;
      case OTHER -> false;
    };
  }

  void lost(Line.Kind kind) {
    switch (kind) {
      case CLAIM -> claims--;
      case MARK -> marks--;
      case COMMIT -> commits--;
      case OTHER -> throw new IllegalStateException("not in the budget");
    }
  }
}
