package dev.tailrace.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of one process, drawn before it starts.
 *
 * @param fault as it is counted and reported
 * @param failPoint what {@code -Dtailrace.failpoint} says: the process kills itself there; or null
 * @param act what is done to it from outside
 * @param after how long after its first event; a process that has died before is let be
 */
record Fate(String fault, @Nullable String failPoint, Act act, Duration after) {
  /** What happens to a process from outside. */
  enum Act {
    /** SIGKILL. */
    KILL,
    /** SIGTERM, and its end is awaited. */
    TERM,
    /** SIGSTOP for longer than its memberships and leases last, then SIGCONT, then SIGTERM. */
    FREEZE,
    /** Nothing, until the round ends. */
    NONE
  }

  /** It lives until the round ends. */
  static final Fate LIVES = new Fate("lives", null, Act.NONE, Duration.ZERO);

  /** It is killed at a random moment. */
  static Fate killed(Duration after) {
    return new Fate("SIGKILL at random", null, Act.KILL, after);
  }

  /** It kills itself where it comes to a place for the n-th time, or is killed if it does not. */
  static Fate killedAt(String point, int nth, Duration atLast) {
    return new Fate("SIGKILL " + point, point + ":" + nth, Act.KILL, atLast);
  }

  /** It is stopped in order. */
  static Fate stopped(Duration after) {
    return new Fate("SIGTERM", null, Act.TERM, after);
  }

  /** It is stopped, and kills itself as the drain comes to a phase. */
  static Fate killedInDrain(String point, Duration after) {
    return new Fate("SIGKILL " + point, point, Act.TERM, after);
  }

  /** It is frozen, goes on, and is stopped. */
  static Fate frozen(Duration after) {
    return new Fate("SIGSTOP", null, Act.FREEZE, after);
  }

  /** The same after it did not come, as on a slow machine: a place earlier, in a longer life. */
  Fate eased() {
    int colon = failPoint == null ? -1 : failPoint.indexOf(':');
    if (failPoint == null || colon < 0) {
      return this;
    }
    int nth = Integer.parseInt(failPoint.substring(colon + 1));
    String earlier = failPoint.substring(0, colon + 1) + Math.max(1, nth / 2);
    return new Fate(fault, earlier, act, after.plusSeconds(2));
  }
}
