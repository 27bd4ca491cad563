package dev.tailrace.observe;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The kinds of line in an event log. */
public enum EventKind {
  /**
   * The process changed its state; {@code outcome} is the new one. With a pipeline: it is about to
   * begin with the limits in {@code detail}; {@code outcome} is {@code configured}. Or the breaker
   * of one of its consumers opened or closed: {@code breaker_open}, {@code breaker_closed}.
   */
  STATE,
  /** A partition or stream was assigned; {@code pos} is where it goes on. */
  ASSIGNED,
  /** A partition was handed back in order. */
  REVOKED,
  /** A partition went without asking. */
  LOST,
  /** A message was taken into the pool. */
  RECEIVED,
  /** A message waits for its next attempt. */
  PARKED,
  /** A claim was answered; {@code outcome} is the answer. */
  CLAIM,
  /** The handler is about to be called. */
  STARTED,
  /** A message finished; {@code outcome} says how. */
  SETTLED,
  /** The broker confirmed {@code pos}. */
  COMMITTED,
  /** A message that was not finished went back. */
  RELEASED,
  /** A message was left behind by a drain; {@code outcome} is its stage. */
  ABANDONED,
  /** A handler still ran when its partition, or its message alone, had to go. */
  OVERRAN,
  /** Something for a person to look at; {@code outcome} is its kind. */
  ALARM,
  /** The drain began; {@code outcome} is its trigger. */
  DRAIN_BEGIN,
  /** The drain ended; {@code outcome} is its result. */
  DRAIN_END,
  /** Read from a log of another version, which knows more kinds; never written. */
  OTHER;

  private static final Map<String, EventKind> BY_LABEL = new HashMap<>();

  static {
    for (EventKind kind : values()) {
      BY_LABEL.put(kind.label(), kind);
    }
  }

  private final String label = name().toLowerCase(Locale.ROOT);

  /** As written in {@code ev}. */
  public String label() {
    return label;
  }

  /** The kind of a label; {@link #OTHER} for one that is not known. */
  public static EventKind of(String label) {
    return BY_LABEL.getOrDefault(label, OTHER);
  }
}
