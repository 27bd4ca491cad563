package dev.tailrace.simulation;

/** What the handler does with a message. */
enum Fate {
  /** Its effect, and done. */
  GOOD,
  /** Fails a few times, then is good. */
  FLAKY,
  /** Throws a few times, then is good. */
  THROWS,
  /** Asks for a few pauses, then is good. */
  SNOOZES,
  /** Ends its process, in every call where there is an end for it; else in the first ones. */
  KILLS,
  /** Always fails. */
  POISON,
  /** Throws what is permanent. */
  PERMANENT,
  /** The handler says dead letter. */
  DEAD_LETTER,
  /** The handler says discard. */
  DISCARD,
  /** Has its effect once, and reports a failure after it; then is good. */
  EFFECT_THEN_FAILURE,
  /** Its first call runs until it is asked to cancel, then fails; then is good. */
  HANGS_UNTIL_CANCELLED,
  /** Its first call runs on, whatever it is asked, until the world is calm; then is good. */
  HANGS
}
