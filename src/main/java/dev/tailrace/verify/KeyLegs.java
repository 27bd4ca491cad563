package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Plot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All claims that were won on one idempotency key, in the order of their fences. */
final class KeyLegs {
  private final History history;
  private final List<Leg> legs;

  KeyLegs(History history, List<Leg> legs) {
    this.history = history;
    this.legs = legs;
  }

  List<Leg> legs() {
    return legs;
  }

  String pipeline() {
    return history.source(legs.get(0)).pipeline();
  }

  /** Whether the store is one for all consumers, and outlives them. */
  boolean isShared() {
    Configured configured = configured(legs.get(0));
    return configured == null || configured.atMostOnce();
  }

  /** Whether the store is said to have lost records between two claims. */
  boolean storeLost(Leg leg, Leg later) {
    return history.pipeline(pipeline()).forgot(leg.fence(), later.fence());
  }

  /** Whether the store is said to have lost records after this claim. */
  boolean storeLostAfter(Leg leg) {
    return history.pipeline(pipeline()).forgot(leg.fence());
  }

  Ownership ownership(Leg leg) {
    return history.ownership(leg);
  }

  @Nullable Configured configured(Leg leg) {
    return history.ownership(leg).process().configured(pipeline());
  }

  String print(Leg leg) {
    return history.print(leg);
  }

  Plot plot(Leg one, Leg other) {
    List<String> messages = new ArrayList<>(List.of(print(one)));
    if (!print(other).equals(print(one))) {
      messages.add(print(other));
    }
    return new Plot(pipeline(), messages, List.of());
  }
}
