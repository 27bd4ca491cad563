package dev.tailrace.verify;

import dev.tailrace.observe.EventKind;
import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.AttemptCheck.Why;
import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.Leg.End;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one incarnation tells of messages, in its order, and puts each attempt together. Keeps
 * what that process has in flight.
 */
final class MessageReading {
  /** The reason of what is dead or discarded without a last call. */
  private static final String LETHAL = "ended its process";

  private final History history;
  private final Findings findings;
  private final ProcessHistory process;
  private final OrderCheck order;
  private final CommitCheck commits;
  private final BoundsCheck bounds;
  private final AttemptCheck attempts;
  private final Map<Key, Held> inFlight = new LinkedHashMap<>();

  private record Key(SourceHistory source, Position position, int epoch) {}

  MessageReading(
      History history,
      Findings findings,
      ProcessHistory process,
      OrderCheck order,
      CommitCheck commits) {
    this.history = history;
    this.findings = findings;
    this.process = process;
    this.order = order;
    this.commits = commits;
    this.bounds = new BoundsCheck(findings, process);
    this.attempts = new AttemptCheck(findings);
  }

  void accept(EventRecord event, Ownership ownership, Position position) {
    Key key = new Key(ownership.source(), position, ownership.epoch());
    Held held = inFlight.get(key);
    switch (event.ev()) {
      case RECEIVED -> received(event, ownership, key, held);
      case CLAIM -> claim(event, ownership, held);
      case PARKED -> {
        if (held != null) {
          parked(event, held);
        }
      }
      case OVERRAN -> {
        if (held != null) {
          held.flag(Leg.LATE);
        }
      }
      default -> {
        if (held == null) {
          String what = ownership.source().source() + "@" + position;
          String where = " is " + event.ev().label() + " in " + process;
          findings.broken(
              Guarantee.P10,
              what + where + ", where it was not in flight",
              Plot.of(ownership.source().pipeline(), what));
        } else if (event.ev() == EventKind.STARTED) {
          started(event, held);
        } else {
          inFlight.remove(key);
          over(event, held);
        }
      }
    }
  }

  /** All in flight of one ownership. */
  List<Held> of(Ownership ownership) {
    List<Held> all = new ArrayList<>();
    for (Held held : inFlight.values()) {
      if (held.ownership() == ownership) {
        all.add(held);
      }
    }
    return all;
  }

  /** The message of that number, once for each epoch under which it is in flight. */
  List<Held> of(SourceHistory source, Position position) {
    List<Held> all = new ArrayList<>();
    for (Held held : inFlight.values()) {
      if (held.ownership().source() == source && held.position().equals(position)) {
        all.add(held);
      }
    }
    return all;
  }

  /** The message in flight under that ownership; null where it is not. */
  @Nullable Held find(Ownership ownership, Position position) {
    return inFlight.get(new Key(ownership.source(), position, ownership.epoch()));
  }

  /** The log ends here. */
  void end() {
    for (Held held : inFlight.values()) {
      if (process.wasKilled()) {
        history.keep(held.end(End.KILLED, 0));
      } else if (!process.endedCleanly()) { // left by a loop that did not come to say so
        held.flag(Leg.UNSAID);
        history.keep(held.end(End.ABANDONED, 0));
      } else {
        history.keep(held.end(End.FORGOTTEN, 0));
        String what = " has ended, and does not say what became of ";
        broken(Guarantee.P10, held, process + what + held.printed());
      }
    }
  }

  private void received(EventRecord event, Ownership ownership, Key key, @Nullable Held before) {
    findings.exercised(Guarantee.P10);
    Position position = key.position();
    Held held =
        new Held(ownership, position, event.seq(), event.monoNanos(), beyond(key, ownership));
    if (process.isDraining(event.monoNanos())) {
      broken(Guarantee.P5, held, held.printed() + " was received during the drain");
    }
    if (before != null) {
      String what = held.printed() + " is received again by " + process;
      broken(Guarantee.P10, held, what + " while it is in flight there");
      return;
    }
    origin(event, held);
    inFlight.put(key, held);
    process.received();
    order.received(event, held);
    ownership.received(held);
    bounds.received(event, held);
  }

  /** What comes through a tier of retries says where it was at first, and how often it failed. */
  private void origin(EventRecord event, Held held) {
    String origin = EventWords.word(event.detail(), "origin");
    int at = origin == null ? -1 : origin.lastIndexOf('@');
    Position position = origin == null ? null : Position.parse(origin.substring(at + 1));
    if (origin != null && at > 0 && position != null) {
      String pipeline = held.ownership().source().pipeline();
      SourceHistory from = history.source(pipeline, origin.substring(0, at));
      int failures = (int) Math.max(0, EventWords.number(event.detail(), "failures"));
      held.cameFrom(Leg.Place.of(from.index(), position), failures);
    }
  }

  /** What a commit has passed is finished: the metadata of the one before may have said so. */
  private void begun(Held held) {
    long committed = held.ownership().committed();
    if (held.position().isOffset() && held.position().major() < committed) {
      String passed = " was begun after " + committed + " had been committed";
      broken(Guarantee.P6, held, held.printed() + passed);
    }
  }

  private boolean beyond(Key key, Ownership ownership) {
    Configured limits = process.configured(ownership.source().pipeline());
    if (limits == null || limits.window() <= 0 || !key.position().isOffset()) {
      return false;
    }
    Map.Entry<Long, Held> lowest = ownership.unfinished().firstEntry();
    return lowest != null && key.position().major() - lowest.getKey() >= limits.window();
  }

  private void claim(EventRecord event, Ownership ownership, @Nullable Held held) {
    history.pipeline(ownership.source().pipeline()).sawClaim();
    String outcome = event.outcome() == null ? "" : event.outcome();
    if (held == null) {
      return;
    }
    if (outcome.equals("lost")) {
      held.flag(Leg.CLAIM_LOST);
      return;
    }
    begun(held);
    if (held.isOpen()) { // it waited with its permit, and nothing said why
      held.flag(Leg.UNSAID);
      history.keep(held.end(End.AGAIN, 0));
    }
    if (outcome.equals("unavailable")) {
      held.unclaimed();
    } else if (outcome.equals("won")) {
      long fence = Math.max(0, EventWords.number(event.detail(), "fence"));
      held.claimed(event, fence, keyHash(event));
      String pipeline = ownership.source().pipeline();
      history.pipeline(pipeline).sawFence(process.memory(pipeline), fence);
      bounds.executing(event, held);
    }
  }

  private static long keyHash(EventRecord event) {
    String key = EventWords.word(event.detail(), "key");
    try {
      return key == null
          ? 0
          : Long.parseUnsignedLong(key, 16) + String.valueOf(event.pipeline()).hashCode();
    } catch (NumberFormatException other) {
      return 0;
    }
  }

  private void started(EventRecord event, Held held) {
    if (held.fence() == 0) {
      begun(held);
    }
    if (held.isRunning()) { // it waited with its permit
      held.flag(event.attempt() > held.attempt() ? Leg.FAILED : 0);
      attempts.started(held, event.attempt(), limits(held));
      history.keep(held.end(End.AGAIN, Math.max(0, event.attempt() - 1)));
    } else {
      attempts.started(held, event.attempt(), limits(held));
    }
    if (asksStore(held) && held.fence() == 0 && !held.mayRunUnclaimed()) {
      broken(Guarantee.P2, held, held.printed() + " started in " + process + " without a claim");
    }
    order.started(held);
    held.started(event.seq(), event.attempt());
    bounds.executing(event, held);
  }

  private void parked(EventRecord event, Held held) {
    Why why = Why.of(EventWords.reason(event.detail()));
    attempts.parked(held, event.attempt(), why);
    held.parkedAfter(event.attempt());
    if (held.isOpen()) {
      held.flag(why == Why.RETRY ? Leg.FAILED : unsaid(held, event));
      held.flag(mayHaveLapsed(event, held) ? Leg.LAPSED : 0);
      history.keep(held.end(End.AGAIN, event.attempt()));
    }
    long delay = EventWords.number(event.detail(), "delay");
    bounds.parked(event, held, why != Why.OTHER, delay);
  }

  /**
   * Of a message that is busy: its last attempt may have failed, and it have waited with its permit
   * since, of which no event tells. One that was interrupted does not count that attempt.
   */
  private static int unsaid(Held held, EventRecord event) {
    return counts(held, event) && isBusy(event) ? Leg.UNSAID : 0;
  }

  private static boolean counts(Held held, EventRecord event) {
    return held.isRunning() && event.attempt() >= held.attempt();
  }

  private static boolean isBusy(EventRecord event) {
    return EventWords.reason(event.detail()).startsWith("busy");
  }

  /** Whether its process was silent, or cut off, so that it may not have renewed its claim. */
  private boolean mayHaveLapsed(EventRecord event, Held held) {
    Configured limits = limits(held);
    if (held.fence() == 0 || limits == null || limits.leaseMillis() <= 0) {
      return false;
    }
    long unrenewed = limits.leaseMillis() * 2 / 3;
    return held.claimedMillis(event.monoNanos()) >= unrenewed
        && (process.longestSilenceMillis() >= unrenewed
            || process.wasUnreachable(held.ownership().source().pipeline()));
  }

  private void over(EventRecord event, Held held) {
    boolean finished = event.ev() == EventKind.SETTLED;
    order.ended(held, finished);
    bounds.ended(held);
    if (finished) {
      settled(event, held);
    } else if (event.ev() == EventKind.RELEASED) {
      process.released();
      released(event, held);
    } else {
      process.abandoned();
      // Only of a handler that still ran is it certain that the store knows of no failure.
      held.flag("handling".equals(event.outcome()) ? 0 : Leg.UNSAID);
      history.keep(held.end(End.ABANDONED, event.attempt()));
    }
  }

  private void released(EventRecord event, Held held) {
    attempts.released(held, event.attempt(), limits(held));
    held.flag(counts(held, event) && !isBusy(event) ? Leg.FAILED : unsaid(held, event));
    history.keep(held.end(End.RELEASED, event.attempt()));
  }

  private void settled(EventRecord event, Held held) {
    End end = End.of(event.outcome() == null ? "" : event.outcome());
    process.finished(event.outcome() == null ? "" : event.outcome());
    if (held.position().isOffset()) {
      held.ownership().settled(held.position().major());
    }
    if (end == End.DONE && held.isRunning() && event.attempt() != held.attempt()) {
      String ended = " is done in attempt " + event.attempt();
      broken(Guarantee.P8, held, held.printed() + ended + ", and started in " + held.attempt());
    }
    String mark = EventWords.word(event.detail(), "mark");
    if (mark != null && EventWords.number(event.detail(), "fence") != held.fence()) {
      String other = " is marked with another fence than it was claimed with";
      broken(Guarantee.P7, held, held.printed() + other);
    }
    if (end == End.MOVED) {
      held.flag(Leg.FAILED);
      held.flag(mayHaveLapsed(event, held) ? Leg.LAPSED : 0);
    }
    held.flag("written".equals(mark) ? Leg.MARKED : 0);
    held.flag("refused".equals(mark) ? Leg.REFUSED : 0);
    held.flag("unknown".equals(mark) ? Leg.UNCLAIMED : 0);
    long exhausted = EventWords.number(event.detail(), "exhausted");
    held.flag(exhausted > 0 ? Leg.EXHAUSTED : 0);
    held.flag(EventWords.reason(event.detail()).startsWith(LETHAL) ? Leg.LETHAL : 0);
    if (end == End.DEAD_LETTERED) {
      commits.deadLettered(held, event);
    } else if (end == End.DONE) {
      findings.exercised(Guarantee.P2);
      if (!held.isRunning()) {
        String what = held.printed() + " is done in " + process + " and never started";
        broken(Guarantee.P10, held, what);
      }
    }
    history.keep(held.end(end, exhausted > 0 ? (int) exhausted : event.attempt()));
  }

  private boolean asksStore(Held held) {
    Configured limits = limits(held);
    return limits != null && !limits.store().equals("none");
  }

  private @Nullable Configured limits(Held held) {
    return process.configured(held.ownership().source().pipeline());
  }

  private void broken(Guarantee guarantee, Held held, String sentence) {
    findings.broken(
        guarantee, sentence, Plot.of(held.ownership().source().pipeline(), held.printed()));
  }
}
