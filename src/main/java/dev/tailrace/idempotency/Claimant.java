package dev.tailrace.idempotency;

/** Who asked for a claim. Called on the client's loop. */
@FunctionalInterface
public interface Claimant {
  /** The claim that was won belongs to another now; whoever runs under it should stop. */
  void lost();

  /**
   * Whether an answer is still of use; asked before a claim is sent again. If not, the claim is
   * answered unknown and given back.
   */
  default boolean wanted() {
    return true;
  }
}
