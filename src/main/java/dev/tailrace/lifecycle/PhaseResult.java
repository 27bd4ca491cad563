package dev.tailrace.lifecycle;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one phase of a drain went.
 *
 * @param phase which
 * @param budget the time it had when it began
 * @param duration the time it took
 * @param result how it ended
 * @param detail what it says of itself, or ""
 * @param failure why it failed, else null; further failures are suppressed in it
 */
public record PhaseResult(
    Phase phase,
    Duration budget,
    Duration duration,
    Result result,
    String detail,
    @Nullable Throwable failure) {

  /** How a phase can end. */
  public enum Result {
    /** It did all it had to. */
    DONE,
    /** Its time passed first; what it was at is left to itself. */
    OVERRAN,
    /** It failed; the next phase ran nevertheless. */
    FAILED;

    /** As written in the report. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
