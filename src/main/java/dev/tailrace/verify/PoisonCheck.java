package dev.tailrace.verify;

import dev.tailrace.verify.Leg.End;
import java.util.List;

/**
 * P8: a message ends as a dead letter after exactly the failures that were reported, neither before
 * nor after its attempts are used up; starts that ended with their process are no attempts, unless
 * the message ran alone in it.
 */
final class PoisonCheck {
  private static final int ANY = Integer.MAX_VALUE;

  private final Findings findings;
  private long exhausted;

  PoisonCheck(Findings findings) {
    this.findings = findings;
  }

  String detail() {
    return Verdict.count(exhausted, "message") + " exhausted";
  }

  /** What one message's attempts say by themselves. */
  void check(MessageLegs message) {
    boolean unsendable = message.isUnsendable();
    acrossTiers(message);
    for (Leg leg : message.legs()) {
      Configured configured = message.configured(leg);
      if (configured == null || configured.attempts() < 1) {
        continue;
      }
      long most = configured.attempts();
      if (leg.has(Leg.EXHAUSTED)) {
        exhausted++;
        findings.exercised(Guarantee.P8);
        if (leg.failures() != most && !unsendable) {
          broken(message, " was dead after %d failures, not %d", leg.failures(), most);
        } else if (!leg.has(Leg.LETHAL) && leg.attempt() != leg.failures() && !unsendable) {
          broken(message, " was dead in attempt %d of %d", leg.attempt(), most);
        }
      } else if (configured.deadLetters() && !unsendable && !hidden(message, most)) {
        if (leg.has(Leg.STARTED) && leg.attempt() > most) {
          broken(message, " began attempt %d of %d", leg.attempt(), most);
        } else if (leg.has(Leg.FAILED) && leg.failures() >= most && goesOn(leg)) {
          broken(message, " failed %d times of %d, and waits for more", leg.failures(), most);
        }
      }
    }
  }

  /** Attempts that are made in a tier follow the failure with which the message went there. */
  private void acrossTiers(MessageLegs message) {
    if (!message.any(End.MOVED) || message.any(End.KILLED) || message.any(End.ABANDONED)) {
      return;
    }
    for (Leg leg : message.legs()) {
      int before = leg.attempt() - 1;
      if (leg.has(Leg.RETRIED) && leg.has(Leg.STARTED) && before > 0) {
        findings.exercised(Guarantee.P8);
        boolean known =
            message.legs().stream()
                .anyMatch(one -> one.has(Leg.FAILED) && one.failures() == before);
        if (!known) {
          broken(
              message,
              " began attempt %d in a tier, and no failure %d was told",
              before + 1,
              before);
          return;
        }
      }
    }
  }

  /** Whether a killed process may have found its dead letter refused in its last moments. */
  private static boolean hidden(MessageLegs message, long most) {
    return message.legs().stream()
        .anyMatch(leg -> leg.end() == End.KILLED && leg.attempt() >= most);
  }

  /** What the attempts at one key say together, where a store counts them over all processes. */
  void check(KeyLegs key) {
    List<Leg> legs = key.legs();
    if (key.storeLost(legs.get(0), legs.get(legs.size() - 1))
        || legs.stream().anyMatch(leg -> leg.has(Leg.UNSENDABLE))) {
      return;
    }
    Leg before = null;
    int least = 0;
    int most = 0;
    int uncounted = 0; // failures that the process knows, and the store perhaps does not
    for (Leg leg : counted(key)) {
      if (leg.has(Leg.STARTED)) {
        if (before != null && (leg.attempt() < least - uncounted || leg.attempt() > most)) {
          String sentence =
              "%s: attempt %d in %s was followed by attempt %d in %s, where %s"
                  .formatted(
                      key.print(before),
                      before.attempt(),
                      key.ownership(before).process(),
                      leg.attempt(),
                      key.ownership(leg).process(),
                      least == most ? least + " was due" : "at least " + least + " was due");
          findings.broken(Guarantee.P8, sentence, key.plot(before, leg));
          return;
        }
        before = leg;
        least = leg.attempt();
        most = leg.attempt();
      }
      if (before != null) {
        least += surelyCounted(leg) ? 1 : 0;
        uncounted += leg.has(Leg.FAILED) && !surelyCounted(leg) ? 1 : 0;
        most = maybeCounted(leg) == ANY || most == ANY ? ANY : most + maybeCounted(leg);
      }
    }
  }

  /**
   * Attempts that one store counts; a store in memory counts those of its consumer alone. What was
   * moved in the last moments of a process brings a failure along of which the store knows nothing,
   * and may lie where it was, too.
   */
  private static List<Leg> counted(KeyLegs key) {
    boolean copied =
        key.legs().stream().anyMatch(leg -> leg.has(Leg.RETRIED))
            && key.legs().stream()
                .anyMatch(leg -> leg.end() == End.KILLED || leg.end() == End.ABANDONED);
    if (copied) {
      return List.of();
    }
    boolean settledBefore =
        key.legs().subList(0, key.legs().size() - 1).stream()
            .anyMatch(leg -> leg.end().settles() && leg.end() != End.MOVED);
    return key.isShared() && !settledBefore ? key.legs() : List.of();
  }

  /** Whether another attempt follows, here or in a tier of retries. */
  private static boolean goesOn(Leg leg) {
    return leg.end() == End.AGAIN || leg.end() == End.MOVED;
  }

  private static boolean surelyCounted(Leg leg) {
    return leg.has(Leg.FAILED)
        && goesOn(leg)
        && !leg.has(Leg.LATE)
        && !leg.has(Leg.LAPSED)
        && !leg.has(Leg.CLAIM_LOST);
  }

  /** Who ran alone, and did not say how that ended, has perhaps ended its process. */
  private static int maybeCounted(Leg leg) {
    if (leg.end() == End.KILLED) {
      return ANY;
    }
    return leg.has(Leg.FAILED) || leg.has(Leg.UNSAID) || leg.has(Leg.ALONE) ? 1 : 0;
  }

  private void broken(MessageLegs message, String how, long one, long other) {
    findings.broken(Guarantee.P8, message.printed() + how.formatted(one, other), message.plot());
  }
}
