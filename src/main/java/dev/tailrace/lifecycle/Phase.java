package dev.tailrace.lifecycle;

import java.util.Locale;

/** The nine phases of a drain, in their order. */
public enum Phase {
  /** Readiness fails, and the audit line begins. */
  UNREADY,
  /** Sources take nothing new; the memberships stay. */
  STOP_INTAKE,
  /** Running work finishes; buffered work starts as the strategy says. */
  DRAIN,
  /** What still runs is asked to cancel, then named and left. */
  ABANDON,
  /** Marks, acknowledgements and commits are written and confirmed; unstarted work goes back. */
  SETTLE,
  /** Consumers leave their groups. */
  CLOSE_SOURCES,
  /** Sinks, stores and handlers close, dependants before what they depend on. */
  CLOSE_STORES,
  /** The last metrics, audit and log lines reach their destination. */
  FLUSH_TELEMETRY,
  /** Servers and verticles end. */
  CLOSE_RUNTIME;

  /** As written in reports, logs and {@code /drain}: {@code stop-intake}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
