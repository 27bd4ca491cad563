package dev.tailrace.idempotency;

/**
 * What a store says to effects that were to be carried out with a mark.
 *
 * @param kind which answer
 * @param error why a command was refused; else ""
 */
public record EffectAnswer(Kind kind, String error) {
  /** The kinds of answer. */
  public enum Kind {
    /** All is carried out, by this call or by one before with the same fence, and marked. */
    DONE,
    /** The claim holds no longer: nothing was carried out. */
    PASSED,
    /** The first command was refused: nothing was carried out, and the claim holds. */
    REFUSED,
    /** A later command was refused, and those before it stay: no claim of the key runs again. */
    BROKEN
  }

  /** An answer without an error. */
  public static EffectAnswer of(Kind kind) {
    return new EffectAnswer(kind, "");
  }
}
