package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Leg.End;
import dev.tailrace.verify.Leg.Facts;
import dev.tailrace.verify.Leg.Place;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one incarnation, in their order, and judges what one process's own order can
 * show. What it keeps is bounded by what that process has in flight, and its partitions.
 */
final class ProcessReading {
  private final History history;
  private final Findings findings;
  private final ProcessHistory process;
  private final OrderCheck order;
  private final CommitCheck commits;
  private final MessageReading messages;
  private final Map<Tenure, Ownership> ownerships = new HashMap<>();

  private record Tenure(SourceHistory source, int epoch) {}

  ProcessReading(History history, Findings findings, ProcessHistory process, OrderCheck order) {
    this.history = history;
    this.findings = findings;
    this.process = process;
    this.order = order;
    this.commits = new CommitCheck(history, findings);
    this.messages = new MessageReading(history, findings, process, order, commits);
  }

  ProcessHistory process() {
    return process;
  }

  void accept(EventRecord event) {
    if (!process.next(event.seq(), event.monoNanos())) {
      findings.refuse("the log of " + process + " has a gap before its event " + event.seq());
    }
    switch (event.ev()) {
      case STATE -> state(event);
      case ASSIGNED -> assigned(event);
      case REVOKED -> ended(event, Ownership.Ending.REVOKED);
      case LOST -> ended(event, Ownership.Ending.LOST);
      case COMMITTED -> committed(event);
      case RECEIVED, PARKED, CLAIM, STARTED, SETTLED, RELEASED, ABANDONED, OVERRAN ->
          message(event);
      case ALARM -> alarm(event);
      case DRAIN_BEGIN -> process.drainBegin(event.monoNanos());
      case DRAIN_END -> process.drainEnd(event.outcome() == null ? "" : event.outcome());
      case OTHER -> {}
    }
  }

  /** The log ends here. */
  void end() {
    messages.end();
    if (process.endedCleanly()) {
      ownerships.values().forEach(commits::atCleanEnd);
    }
    ownerships.values().forEach(Ownership::processEnded);
    order.processEnded();
  }

  private void state(EventRecord event) {
    if (event.pipeline() != null && "configured".equals(event.outcome())) {
      process.configured(event.pipeline(), Configured.parse(event.detail()));
    } else if (event.pipeline() != null && "remembers".equals(event.outcome())) {
      long since = EventWords.number(event.detail(), "since");
      if (since <= 0) {
        findings.refuse("event " + event.seq() + " of " + process + " does not say since when");
      } else {
        process.remembers(event.pipeline(), since);
        history.pipeline(event.pipeline()).sawMemory(since);
      }
    } else if (event.pipeline() != null && "forgot".equals(event.outcome())) {
      long from = EventWords.number(event.detail(), "from");
      long to = EventWords.number(event.detail(), "to");
      if (from <= 0 || to < from) {
        findings.refuse(
            "event " + event.seq() + " of " + process + " does not say from when to when");
      } else {
        history.pipeline(event.pipeline()).sawGap(from, to);
      }
    }
  }

  private void assigned(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
    if (ownership != null) {
      ownership.announced();
    }
    if (ownership != null && position != null && position.isOffset()) {
      ownership.assignedAt(position.major());
      ownership.source().pass(position.major());
    }
  }

  private void ended(EventRecord event, Ownership.Ending how) {
    Ownership ownership = ownership(event);
    if (ownership == null) {
      return;
    }
    boolean leaving = how == Ownership.Ending.REVOKED && process.drain() != null;
    boolean unconfirmed = event.outcome() != null && !event.outcome().equals("ok");
    ownership.end(leaving ? Ownership.Ending.LEFT : how, unconfirmed);
    for (Held held : messages.of(ownership)) {
      if (held.isRunning()) {
        if (how == Ownership.Ending.LOST) {
          held.flag(Leg.LATE);
        } else {
          order.handedOver(held);
        }
      }
    }
  }

  private void committed(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
    if (ownership == null || position == null) {
      findings.refuse("event " + event.seq() + " of " + process + " commits no position");
    } else if (position.isOffset() && "read_back".equals(event.outcome())) {
      commits.readBack(ownership, position.major(), event);
    } else if (position.isOffset()) {
      commits.committed(ownership, position.major(), event);
    } else {
      findings.exercised(Guarantee.P6);
      Held held = messages.find(ownership, position);
      int flags = 0;
      if (held != null) {
        held.flagAll(Leg.PASSED);
        flags = Leg.PASSED;
      }
      history.keep(
          new Leg(
              Place.of(ownership.source().index(), position),
              End.ACKNOWLEDGED,
              flags,
              new Facts(ownership.index(), event.seq(), 0, 0, 0, event.monoNanos() / 1_000_000)));
    }
  }

  private void unsendable(Held held) {
    held.flagAll(Leg.UNSENDABLE);
    history.sawUnsendable(held.place());
  }

  private void alarm(EventRecord event) {
    String pipeline = event.pipeline();
    if (pipeline == null || event.outcome() == null) {
      return;
    }
    switch (event.outcome()) {
      case "store_loss" -> history.pipeline(pipeline).sawStoreLoss();
      case "source_reset", "metadata" -> {
        if (event.source() == null) {
          history.pipeline(pipeline).sawReset();
        } else {
          history.pipeline(pipeline).sawReset(event.source());
        }
      }
      case "dead_letter_refused" -> named(event, this::unsendable);
      case "suspect" -> named(event, held -> held.runsAlone(event.seq()));
      case "unreachable" -> process.unreachable(pipeline);
      default -> {}
    }
  }

  /** The alarm begins with the message: {@code orders/2@57: too large}. */
  private void named(EventRecord event, Consumer<Held> telling) {
    String detail = event.detail() == null ? "" : event.detail();
    int colon = detail.indexOf(": ");
    int at = detail.lastIndexOf('@', colon < 0 ? detail.length() : colon);
    Position position =
        at < 0 || colon < 0 ? null : Position.parse(detail.substring(at + 1, colon));
    if (position != null && event.source() != null) {
      SourceHistory source = history.source(String.valueOf(event.pipeline()), event.source());
      for (Held held : messages.of(source, position)) { // the alarm does not say in which epoch
        telling.accept(held);
      }
    }
  }

  private void message(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
    if (ownership == null || position == null) {
      findings.refuse("event " + event.seq() + " of " + process + " names no message");
      return;
    }
    if (event.msg() != null && !event.msg().equals(event.source() + "@" + position)) {
      findings.refuse("event " + event.seq() + " of " + process + " names two messages");
    }
    messages.accept(event, ownership, position);
  }

  private @Nullable Ownership ownership(EventRecord event) {
    String pipeline = event.pipeline();
    String source = event.source();
    if (pipeline == null || source == null) {
      return null;
    }
    Tenure tenure = new Tenure(history.source(pipeline, source), event.epoch());
    Ownership known = ownerships.get(tenure);
    if (known == null) {
      known = history.own(process, tenure.source(), tenure.epoch());
      ownerships.put(tenure, known);
    }
    return known;
  }
}
