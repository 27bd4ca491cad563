package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.Leg.End;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that any log and any witness tells of one message. */
final class MessageLegs {
  private final History history;
  private final SourceHistory source;
  private final Position position;
  private final List<Leg> legs = new ArrayList<>();
  private final List<Leg> acknowledgements = new ArrayList<>();
  private final List<Leg> effects = new ArrayList<>();

  MessageLegs(History history, List<Leg> all) {
    this.history = history;
    this.source = history.source(all.get(0));
    this.position = all.get(0).place().position();
    for (Leg leg : all) {
      switch (leg.end()) {
        case ACKNOWLEDGED -> acknowledgements.add(leg);
        case EFFECT -> effects.add(leg);
        default -> legs.add(leg);
      }
    }
  }

  SourceHistory source() {
    return source;
  }

  /** Whether its source began anew, so that it may have gone with what was there before. */
  boolean mayBeGone() {
    return history.wasReset(source);
  }

  Position position() {
    return position;
  }

  /** Attempts, and stays without one; each process's in its order. */
  List<Leg> legs() {
    return legs;
  }

  /** What a witness saw. */
  List<Leg> effects() {
    return effects;
  }

  /**
   * Whether its dead letter was refused, or the one of another message of its key, whose failures a
   * store counts together with its own.
   */
  boolean isUnsendable() {
    return legs.stream().anyMatch(leg -> history.isUnsendable(leg.place()));
  }

  /** Whether somebody received it. */
  boolean isReceived() {
    return !legs.isEmpty();
  }

  /** Whether it ended somewhere; to have moved on is no end. */
  boolean isSettled() {
    return legs.stream().anyMatch(leg -> leg.end().settles() && leg.end() != End.MOVED);
  }

  /** Whether it went to a tier of retries. */
  boolean isMoved() {
    return any(End.MOVED) || any(Leg.RETRIED);
  }

  boolean any(End end) {
    return legs.stream().anyMatch(leg -> leg.end() == end);
  }

  boolean any(int flag) {
    return legs.stream().anyMatch(leg -> leg.has(flag));
  }

  /** The acknowledgement that the broker confirmed to an owner; null for none. */
  @Nullable Leg acknowledgedTo(int ownership) {
    for (Leg acknowledgement : acknowledgements) {
      if (acknowledgement.ownership() == ownership) {
        return acknowledgement;
      }
    }
    return null;
  }

  /** Whether the broker will not deliver it again. */
  boolean isPassed() {
    return !acknowledgements.isEmpty() || source.isPassed(position);
  }

  /** What the pipeline was configured with where this leg ran; null where the log does not say. */
  @Nullable Configured configured(Leg leg) {
    return history.ownership(leg).process().configured(source.pipeline());
  }

  /** As printed: {@code orders/2@57}. */
  String printed() {
    return source.source() + "@" + position;
  }

  Plot plot() {
    return Plot.of(source.pipeline(), printed());
  }
}
