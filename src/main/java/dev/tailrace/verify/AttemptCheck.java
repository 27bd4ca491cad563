package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Plot;
import org.jspecify.annotations.Nullable;

/**
 * P8 within one process: attempts follow the failures that were reported, one by one. What several
 * processes did to one key is judged by {@link PoisonCheck}.
 */
final class AttemptCheck {
  private final Findings findings;

  /** Why a message waits. */
  enum Why {
    /** It failed. */
    RETRY,
    /** Its handler asked for it. */
    SNOOZE,
    /** Another holds its key, or it was interrupted, or the log does not say. */
    OTHER;

    static Why of(String reason) {
      if (reason.startsWith("retry")) {
        return RETRY;
      }
      return reason.startsWith("snooze") ? SNOOZE : OTHER;
    }
  }

  AttemptCheck(Findings findings) {
    this.findings = findings;
  }

  /** A handler is about to be called. */
  void started(Held held, int attempt, @Nullable Configured configured) {
    if (attempt > 1) {
      findings.exercised(Guarantee.P8);
    }
    if (held.isSkewed() || held.has(Leg.UNSENDABLE)) {
      return;
    }
    boolean alone = configured != null && configured.store().equals("none");
    if (held.starts() == 0) {
      int first = held.brought() + 1;
      if (attempt < first || (alone && attempt != first && !held.has(Leg.ALONE))) {
        broken(held, " began with attempt " + attempt);
      }
    } else if (held.failuresParked() >= 0) {
      int expected = held.failuresParked() + 1;
      if (attempt < expected || (alone && attempt != expected)) {
        broken(held, attempts(attempt, held.failuresParked()));
      }
    } else if (attempt < held.attempt() || (alone && attempt > held.attempt() + 1)) {
      broken(held, " went from attempt " + held.attempt() + " to " + attempt);
    }
  }

  /** It waits for its next attempt, and says how many failures there were so far. */
  void parked(Held held, int failures, Why why) {
    if (held.isSkewed() || held.has(Leg.UNSENDABLE)) {
      return;
    }
    if (!held.isRunning()) {
      if (why == Why.RETRY) {
        broken(held, " failed, and its handler had not started");
      }
      return;
    }
    int least = why == Why.RETRY ? held.attempt() : held.attempt() - 1;
    int most = why == Why.SNOOZE ? held.attempt() - 1 : held.attempt();
    if (failures < least || failures > most) {
      broken(held, attempts(held.attempt(), failures));
    }
  }

  /**
   * It goes back; an attempt is told only of a message that has had one: here, or where it came
   * from, or as the store says that let it be claimed.
   */
  void released(Held held, int attempt, @Nullable Configured configured) {
    boolean had = held.starts() > 0 || held.wasClaimed() || attempt <= held.brought();
    if (configured != null && !had && !held.isSkewed()) {
      broken(held, " goes back in attempt " + attempt + ", and its handler had not started");
    }
  }

  private static String attempts(int attempt, int failures) {
    return ": attempt " + attempt + " beside " + failures + " reported failures";
  }

  private void broken(Held held, String how) {
    held.skew();
    String printed = held.printed();
    findings.broken(
        Guarantee.P8, printed + how, Plot.of(held.ownership().source().pipeline(), printed));
  }
}
