package dev.tailrace.chaos;

import java.time.Duration;

/**
 * Harm done to a running fleet from outside, beside what its processes are fated to. Made anew for
 * each use; called by one thread.
 */
interface Fault {
  /** As it is counted and reported: {@code redis frozen}. */
  String name();

  /** Does the harm; returns once it is done. */
  void inject(Scene scene) throws Exception;

  /** How long the harm lasts before it is healed. */
  default Duration lasts() {
    return Duration.ZERO;
  }

  /** Takes the harm away; called in any case after {@link #inject}, also where that failed. */
  default void heal(Scene scene) throws Exception {}
}
