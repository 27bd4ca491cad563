package dev.tailrace.lifecycle;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Something of the users' that is done in a phase of the drain, beside the phase's own work, when
 * all earlier phases are over. One that hangs costs its budget, one that fails costs nothing; both
 * are named in the report, and change neither its result nor the exit code.
 *
 * @param phase which
 * @param name for the report
 * @param budget how long it may take; never longer than the phase has
 * @param work called once, on the loop that runs the drain; must not block
 */
public record PhaseHook(Phase phase, String name, Duration budget, Supplier<Future<?>> work) {
  /** Refuses a budget that is not positive. */
  public PhaseHook {
    if (budget.isNegative() || budget.isZero()) {
      throw new IllegalArgumentException("the budget of " + name + " must be more than zero");
    }
  }
}
