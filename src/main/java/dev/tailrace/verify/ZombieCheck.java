package dev.tailrace.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * P7, at the store: a mark is written only while no later claim was won on its key. Ordered by
 * fences, which grow with every claim on a key. What an old epoch may do to positions is judged by
 * {@link CommitCheck}.
 */
final class ZombieCheck {
  private final Findings findings;
  private long passedOn;
  private long expired;

  ZombieCheck(Findings findings) {
    this.findings = findings;
  }

  String detail() {
    String told = Verdict.count(passedOn, "claim") + " passed on while the holder lived";
    return expired == 0
        ? told
        : told + ", " + Verdict.count(expired, "mark") + " forgotten by the store";
  }

  void check(KeyLegs key) {
    List<Leg> legs = key.legs();
    for (int i = 0; i < legs.size(); i++) {
      Leg leg = legs.get(i);
      if (leg.has(Leg.REFUSED) || leg.has(Leg.CLAIM_LOST)) {
        findings.exercised(Guarantee.P7);
        passedOn++;
      }
      Leg later = later(key, i);
      if (leg.has(Leg.MARKED) && later != null) {
        findings.exercised(Guarantee.P7);
        if (key.storeLost(leg, later)
            || key.storeLostAfter(later) // it knew of no later claim when it took the mark
            || Windows.expired(key.configured(leg), leg, later)) {
          expired++;
        } else {
          findings.broken(Guarantee.P7, sentence(key, leg, later), key.plot(leg, later));
        }
      }
    }
  }

  /** The next claim with a higher fence on a key that all share. */
  private static @Nullable Leg later(KeyLegs key, int index) {
    Leg leg = key.legs().get(index);
    for (Leg other : key.legs().subList(index + 1, key.legs().size())) {
      if (other.fence() > leg.fence() && key.isShared()) {
        return other;
      }
    }
    return null;
  }

  private static String sentence(KeyLegs key, Leg leg, Leg later) {
    return "%s: a mark with fence %d was written in %s, and %s won the key with fence %d"
        .formatted(
            key.print(leg),
            leg.fence(),
            key.ownership(leg).process(),
            key.ownership(later).process(),
            later.fence());
  }
}
