package dev.tailrace.message;

/** The phases of a drain in which a handler can have something done, in their order. */
public enum DrainPhase {
  /** The pool says that it is no longer ready. */
  UNREADY,
  /** Sources take nothing new. */
  STOP_INTAKE,
  /** Running work finishes. */
  DRAIN,
  /** What still runs is asked to cancel, then left. */
  ABANDON,
  /** Marks, acknowledgements and commits are written. */
  SETTLE,
  /** Consumers leave their groups. */
  CLOSE_SOURCES,
  /** Handlers stop, then what they use closes. */
  CLOSE_STORES,
  /** The last metrics and log lines reach their destination. */
  FLUSH_TELEMETRY
}
