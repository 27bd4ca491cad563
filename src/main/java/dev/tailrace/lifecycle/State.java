package dev.tailrace.lifecycle;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The states of the process; each offers its legal moves and no others. */
public enum State {
  /** Connecting; nothing is consumed yet. */
  STARTING,
  /** Consuming. */
  RUNNING,
  /** Holding intake back; partitions stay. */
  PAUSED,
  /** Stopping; takes nothing new and cannot go back. */
  DRAINING,
  /** Gone in order. */
  STOPPED,
  /** Gone by an error that the drain could not mend. */
  FAILED;

  /** The states that may follow this one. */
  public Set<State> moves() {
    return switch (this) {
      case STARTING -> EnumSet.of(RUNNING, DRAINING, FAILED);
      case RUNNING -> EnumSet.of(PAUSED, DRAINING, FAILED);
      case PAUSED -> EnumSet.of(RUNNING, DRAINING, FAILED);
      case DRAINING -> EnumSet.of(STOPPED, FAILED);
      case FAILED, STOPPED -> EnumSet.noneOf(State.class);
    };
  }

  /** As written in events, metrics and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
