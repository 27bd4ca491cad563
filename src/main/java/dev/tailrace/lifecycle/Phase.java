package dev.tailrace.lifecycle;

import dev.tailrace.runtime.FailPoint;
import java.util.Locale;

/** The nine phases of a drain, in their order. */
public enum Phase {
  /** Readiness fails, and the audit line begins. */
  UNREADY(FailPoint.PHASE_UNREADY),
  /** Sources take nothing new; the memberships stay. */
  STOP_INTAKE(FailPoint.PHASE_STOP_INTAKE),
  /** Running work finishes; buffered work starts as the strategy says. */
  DRAIN(FailPoint.PHASE_DRAIN),
  /** What still runs is asked to cancel, then named and left. */
  ABANDON(FailPoint.PHASE_ABANDON),
  /** Marks, acknowledgements and commits are written and confirmed; unstarted work goes back. */
  SETTLE(FailPoint.PHASE_SETTLE),
  /** Consumers leave their groups. */
  CLOSE_SOURCES(FailPoint.PHASE_CLOSE_SOURCES),
  /** Sinks, stores and handlers close, dependants before what they depend on. */
  CLOSE_STORES(FailPoint.PHASE_CLOSE_STORES),
  /** The last metrics, audit and log lines reach their destination. */
  FLUSH_TELEMETRY(FailPoint.PHASE_FLUSH_TELEMETRY),
  /** Servers and verticles end. */
  CLOSE_RUNTIME(FailPoint.PHASE_CLOSE_RUNTIME);

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final FailPoint failPoint;

  Phase(FailPoint failPoint) {
    this.failPoint = failPoint;
  }

  /** Where tests end the process at this phase's begin. */
  FailPoint failPoint() {
    return failPoint;
  }

  /** As written in reports, logs and {@code /drain}: {@code stop-intake}. */
  public String label() {
    return label;
  }
}
