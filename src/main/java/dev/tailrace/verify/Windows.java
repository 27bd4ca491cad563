package dev.tailrace.verify;

import dev.tailrace.verify.Leg.End;
import org.jspecify.annotations.Nullable;

/**
 * Which window, if any, an attempt at a message fell into: each needs its own evidence in the log.
 */
final class Windows {
  private static final long MICROS_PER_MILLI = 1_000;

  private final History history;

  Windows(History history) {
    this.history = history;
  }

  /** The window in which the effect of a started attempt may come again; null where none is. */
  @Nullable Window of(MessageLegs message, Leg leg) {
    if (leg.end() == End.KILLED || leg.end() == End.ABANDONED) {
      return Window.W1;
    }
    if (leg.has(Leg.LATE) || leg.has(Leg.CLAIM_LOST) || leg.has(Leg.REFUSED)) {
      return Window.W2;
    }
    if (leg.end() == End.AGAIN || leg.end() == End.RELEASED || leg.end() == End.MOVED) {
      return Window.W4;
    }
    if (!leg.end().settles()) {
      return null;
    }
    if (leg.has(Leg.UNCLAIMED) || (!isAtMostOnce(message, leg) && endedRoughly(message, leg))) {
      return Window.A;
    }
    return forgotten(message, leg) ? Window.W3 : null;
  }

  /**
   * Whether the message may have been there twice since, in a tier of retries and where it was, or
   * twice in the tier: who moved it ended before the broker knew, or got no answer from the tier. A
   * store would tell the two to be one.
   */
  boolean mayBeCopied(MessageLegs message, Leg leg) {
    if (!message.any(Leg.RETRIED) || isAtMostOnce(message, leg)) {
      return false;
    }
    return switch (leg.end()) {
      case KILLED, ABANDONED -> true;
      case MOVED ->
          leg.has(Leg.LATE)
              || endedRoughly(message, leg)
              || history.ownership(leg).process().wasUnreachable(message.source().pipeline());
      default -> false;
    };
  }

  /** Whether the store, or the source, has lost what it knew of the message. */
  boolean forgotten(MessageLegs message, Leg leg) {
    if (history.wasReset(message.source())) {
      return true;
    }
    History.PipelineFacts facts = history.pipeline(message.source().pipeline());
    Configured configured = message.configured(leg);
    return message.legs().stream()
        .anyMatch(
            other -> facts.forgot(leg.fence(), other.fence()) || expired(configured, leg, other));
  }

  /**
   * Whether the mark of one claim had expired when another was won: fences carry the store's own
   * time in microseconds.
   */
  static boolean expired(@Nullable Configured configured, Leg marked, Leg later) {
    return configured != null
        && configured.retentionMillis() > 0
        && marked.fence() > 0
        && later.fence() - marked.fence() >= configured.retentionMillis() * MICROS_PER_MILLI;
  }

  /** Whether what is marked is remembered beyond the life of a process. */
  private boolean isAtMostOnce(MessageLegs message, Leg leg) {
    Configured configured = message.configured(leg);
    return configured != null
        ? configured.atMostOnce()
        : history.pipeline(message.source().pipeline()).claims();
  }

  /** Whether the owner ended before the broker knew that the message was finished. */
  private boolean endedRoughly(MessageLegs message, Leg leg) {
    Ownership owner = history.ownership(leg);
    if (message.position().isOffset()) {
      return owner.endedRoughly() && leg.offset() >= owner.committed();
    }
    Leg acknowledged = message.acknowledgedTo(owner.index());
    return acknowledged == null ? owner.endedRoughly() : wasTakenOver(message, leg, acknowledged);
  }

  /**
   * Whether another consumer may have taken the entry over: it was in hand for longer than an entry
   * of a silent consumer stays with it, or its process was silent, or cut off from the server, so
   * that it may not have renewed it, which it does at a third of that time.
   */
  private boolean wasTakenOver(MessageLegs message, Leg leg, Leg acknowledged) {
    Configured configured = message.configured(leg);
    if (configured == null || configured.idleMillis() <= 0) {
      return false;
    }
    ProcessHistory process = history.ownership(leg).process();
    return acknowledged.sinceMillis() - leg.sinceMillis() >= configured.idleMillis()
        || process.longestSilenceMillis() >= configured.idleMillis() * 2 / 3
        || process.wasUnreachable(message.source().pipeline());
  }
}
