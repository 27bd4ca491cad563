package dev.tailrace.idempotency;

import dev.tailrace.message.Fence;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a store says to a claim.
 *
 * @param kind which answer
 * @param fence the claim's fence where it was won, else null
 * @param attempts failures reported for this key so far, and leases that ran out while it ran alone
 * @param suspicions leases of this key that ran out while it ran beside others: its process may
 *     have ended by it
 * @param resume where to go on, as the last snooze of the key said; null for the beginning
 * @param remaining how long the present holder's lease still runs, where busy; else zero
 */
public record ClaimAnswer(
    Kind kind,
    @Nullable Fence fence,
    int attempts,
    int suspicions,
    @Nullable String resume,
    Duration remaining) {

  /** The kinds of answer. */
  public enum Kind {
    /** The key is the claimant's. */
    WON,
    /** The key was finished before. */
    DONE,
    /** The key ended in the dead-letter destination before. */
    DEAD,
    /** Another claim holds the key. */
    BUSY,
    /** The key was used with another payload. */
    MISMATCH,
    /** Effects of the key were carried out in part; see {@link EffectAnswer.Kind#BROKEN}. */
    BROKEN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As written in the event log. */
    public String label() {
      return label;
    }
  }

  /** The claim was won. */
  public static ClaimAnswer won(Fence fence, int attempts, int suspicions) {
    return won(fence, attempts, suspicions, "");
  }

  /**
   * The claim was won.
   *
   * @param resume where to go on; empty for the beginning
   */
  public static ClaimAnswer won(Fence fence, int attempts, int suspicions, String resume) {
    String where = resume.isEmpty() ? null : resume;
    return new ClaimAnswer(Kind.WON, fence, attempts, suspicions, where, Duration.ZERO);
  }

  /** Another claim holds the key for {@code remaining}. */
  public static ClaimAnswer busy(Duration remaining) {
    return new ClaimAnswer(Kind.BUSY, null, 0, 0, null, remaining);
  }

  /** Any answer that carries nothing more. */
  public static ClaimAnswer of(Kind kind) {
    return new ClaimAnswer(kind, null, 0, 0, null, Duration.ZERO);
  }
}
