package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Plot;

/** P1: every message that anyone received was finished by someone, or the broker still holds it. */
final class LossCheck {
  private final History history;
  private final Findings findings;
  private final Expectations expectations;
  private final boolean witnessed;
  private long received;
  private long finished;
  private long waiting;
  private long undecided;

  LossCheck(History history, Findings findings, Expectations expectations, boolean witnessed) {
    this.history = history;
    this.findings = findings;
    this.expectations = expectations;
    this.witnessed = witnessed;
  }

  void check() {
    for (int id = 0; id < history.messages().size(); id++) {
      if (history.messages().has(id, MessageTable.RECEIVED)) {
        received++;
        check(id);
      }
    }
    if (received > 0) {
      findings.exercised(Guarantee.P1);
    }
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
        "%d received, %d finished, %d wait at the broker".formatted(received, finished, waiting);
    return undecided == 0
        ? told
        : told
            + ", %d undecided: a killed process had them, and their last events are missing"
                .formatted(undecided);
  }

  private void check(int id) {
    MessageTable messages = history.messages();
    if (messages.has(id, MessageTable.SETTLED)) {
      finished++;
      if (witnessed
          && messages.has(id, MessageTable.DONE)
          && !messages.has(id, MessageTable.EFFECT)) {
        lost(id, " is said to be done, and nobody saw its effect");
      }
    } else if (isPassed(id)) {
      passed(id);
    } else if (messages.has(id, MessageTable.FORGOTTEN)) {
      lost(id, " was neither finished nor given back before its process had ended in order");
    } else {
      waiting++;
      if (expectations.complete()) {
        lost(id, " was never finished, and the run is said to be complete");
      }
    }
  }

  /** Unfinished in every log, and the broker will not deliver it again. */
  private void passed(int id) {
    MessageTable messages = history.messages();
    if (!messages.has(id, MessageTable.KILLED)) {
      lost(id, " was never finished, and the broker will not deliver it again");
    } else if (messages.has(id, MessageTable.EFFECT)) {
      finished++; // in the moments whose events died with their process
    } else {
      undecided++;
    }
  }

  private boolean isPassed(int id) {
    Position position = history.messages().positionOf(id);
    return position.isOffset()
        ? position.major() < history.sourceOf(id).passed()
        : history.messages().has(id, MessageTable.ACKED);
  }

  private void lost(int id, String how) {
    String printed = history.print(id);
    findings.broken(Guarantee.P1, printed + how, Plot.of(history.sourceOf(id).pipeline(), printed));
  }
}
