package dev.tailrace.verify;

import dev.tailrace.verify.Leg.End;

/** P1: every message that anyone received was finished by someone, or the broker still holds it. */
final class LossCheck {
  private final Findings findings;
  private final Expectations expectations;
  private final Witnesses witnesses;
  private final boolean witnessed;
  private long received;
  private long finished;
  private long waiting;
  private long undecided;
  private long gone;

  LossCheck(Findings findings, Expectations expectations, Witnesses witnesses, boolean witnessed) {
    this.findings = findings;
    this.expectations = expectations;
    this.witnesses = witnesses;
    this.witnessed = witnessed;
  }

  long received() {
    return received;
  }

  long finished() {
    return finished;
  }

  long waiting() {
    return waiting;
  }

  String detail() {
    String told =
        "%d received, %d finished, %d waiting at the broker".formatted(received, finished, waiting);
    if (gone > 0) {
      told += ", %d of a source that began anew".formatted(gone);
    }
    return undecided == 0
        ? told
        : told
            + ", %d undecided: a killed process had them, and their last events are missing"
                .formatted(undecided);
  }

  void check(MessageLegs message) {
    if (!message.isReceived()) {
      return;
    }
    received++;
    findings.exercised(Guarantee.P1);
    if (message.isSettled()) {
      finished++;
      if (witnessed && message.any(End.DONE) && message.effects().isEmpty()) {
        lost(message, " is said to be done, and nobody saw its effect");
      }
    } else if (message.mayBeGone()) {
      gone++;
    } else if (mayBeFinishedInItsTier(message)) {
      acknowledgedUntold(message);
    } else if (message.isMoved() && !message.any(End.FORGOTTEN)) {
      waits(message, " was moved to a tier of retries and never finished there");
    } else if (message.isPassed()) {
      passed(message);
    } else if (mayBeAcknowledged(message)) {
      acknowledgedUntold(message);
    } else if (message.any(End.FORGOTTEN)) {
      lost(message, " was neither finished nor given back before its process had ended in order");
    } else {
      waits(message, " was never finished");
    }
  }

  private void waits(MessageLegs message, String how) {
    waiting++;
    if (expectations.complete()) {
      lost(message, how + ", and the run is said to be complete");
    }
  }

  /**
   * Nobody tells of an acknowledgement, but a killed process may have sent one in its last moments:
   * of an entry that waits, others would have told in a complete run.
   */
  private boolean mayBeAcknowledged(MessageLegs message) {
    return expectations.complete()
        && !message.position().isOffset()
        && !message.source().isAcknowledgedKnown()
        && message.any(End.KILLED);
  }

  /**
   * Likewise of an entry in a tier of retries, where what is known of its first place says less: a
   * killed process told that it had it there, or had an effect of it and told nothing.
   */
  private boolean mayBeFinishedInItsTier(MessageLegs message) {
    return expectations.complete()
        && !message.position().isOffset()
        && message.isMoved()
        && !message.any(End.FORGOTTEN)
        && (message.legs().stream().anyMatch(leg -> leg.has(Leg.RETRIED) && leg.end() == End.KILLED)
            || (!message.effects().isEmpty() && witnesses.unseen(message) > 0));
  }

  private void acknowledgedUntold(MessageLegs message) {
    if (!message.effects().isEmpty()) {
      finished++;
    } else if (witnessed && !mayBeDead(message)) {
      lost(message, " was taken by a process that was killed, and nobody saw its effect");
    } else {
      undecided++;
    }
  }

  /** Whether a killed process had it in its last attempt, which may have ended as a dead letter. */
  private static boolean mayBeDead(MessageLegs message) {
    return message.legs().stream()
        .filter(leg -> leg.end() == End.KILLED)
        .anyMatch(
            leg -> {
              Configured configured = message.configured(leg);
              return configured == null || leg.attempt() >= configured.attempts();
            });
  }

  /** Unfinished in every log, and the broker will not deliver it again. */
  private void passed(MessageLegs message) {
    if (!message.any(End.KILLED)) {
      lost(message, " was never finished, and the broker will not deliver it again");
    } else if (!message.effects().isEmpty()) {
      finished++; // in the moments whose events died with their process
    } else {
      undecided++;
    }
  }

  private void lost(MessageLegs message, String how) {
    findings.broken(Guarantee.P1, message.printed() + how, message.plot());
  }
}
