package dev.tailrace.verify;

import dev.tailrace.observe.EventKind;
import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Findings.Plot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one incarnation, in their order, and judges what one process's own order can
 * show. What it keeps is bounded by what that process has in flight, its partitions and its keys.
 */
final class ProcessReading {
  private final History history;
  private final Findings findings;
  private final ProcessHistory process;
  private final OrderCheck order;
  private final CommitCheck commits;
  private final Map<Tenure, Ownership> ownerships = new HashMap<>();
  private final Map<InFlight, Flight> flights = new HashMap<>();

  private record Tenure(SourceHistory source, int epoch) {}

  private record InFlight(int message, int epoch) {}

  /** A message that this process has taken in and not given up. */
  static final class Flight {
    private final int message;
    private final Position position;
    private final long received;
    private boolean started;

    Flight(int message, Position position, long received) {
      this.message = message;
      this.position = position;
      this.received = received;
    }

    int message() {
      return message;
    }

    Position position() {
      return position;
    }

    long received() {
      return received;
    }

    boolean started() {
      return started;
    }

    void start() {
      started = true;
    }
  }

  ProcessReading(History history, Findings findings, ProcessHistory process, OrderCheck order) {
    this.history = history;
    this.findings = findings;
    this.process = process;
    this.order = order;
    this.commits = new CommitCheck(history, findings);
  }

  ProcessHistory process() {
    return process;
  }

  void accept(EventRecord event) {
    if (!process.next(event.seq(), event.monoNanos())) {
      findings.refuse("the log of " + process + " has a gap before its event " + event.seq());
    }
    switch (event.ev()) {
      case ASSIGNED -> assigned(event);
      case REVOKED -> ended(event, Ownership.Ending.REVOKED);
      case LOST -> ended(event, Ownership.Ending.LOST);
      case COMMITTED -> committed(event);
      case RECEIVED, PARKED, CLAIM, STARTED, SETTLED, RELEASED, ABANDONED, OVERRAN ->
          message(event);
      case ALARM -> alarm(event);
      case DRAIN_BEGIN -> process.drainBegin(event.monoNanos());
      case DRAIN_END -> process.drainEnd(event.outcome() == null ? "" : event.outcome());
      case STATE, OTHER -> {}
    }
  }

  /** The log ends here. */
  void end() {
    process.end();
    for (Flight flight : flights.values()) {
      if (process.wasKilled()) {
        history.messages().set(flight.message(), MessageTable.KILLED);
      } else {
        history.messages().set(flight.message(), MessageTable.FORGOTTEN);
        String printed = history.print(flight.message());
        broken(
            Guarantee.P10,
            flight.message(),
            process + " has ended, and does not say what became of " + printed);
      }
    }
    if (process.endedCleanly()) {
      ownerships.values().forEach(commits::atCleanEnd);
    }
    ownerships.values().forEach(Ownership::processEnded);
  }

  private void assigned(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
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
    ownership.end(leaving ? Ownership.Ending.LEFT : how);
    if (how == Ownership.Ending.LOST) {
      flights.forEach(
          (at, flight) -> {
            if (flight.started()
                && at.epoch() == ownership.epoch()
                && history.sourceOf(at.message()) == ownership.source()) {
              history.messages().set(at.message(), MessageTable.LATE);
            }
          });
    }
  }

  private void committed(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
    if (ownership == null || position == null) {
      findings.refuse("event " + event.seq() + " of " + process + " commits no position");
    } else if (position.isOffset()) {
      commits.committed(ownership, position.major(), event);
    } else {
      int message = history.messages().idOf(ownership.source().index(), position);
      boolean flying = flights.containsKey(new InFlight(message, event.epoch()));
      commits.acknowledged(message, flying, event);
    }
  }

  private void alarm(EventRecord event) {
    String pipeline = event.pipeline();
    if (pipeline == null || event.outcome() == null) {
      return;
    }
    switch (event.outcome()) {
      case "store_loss" -> history.pipeline(pipeline).sawStoreLoss();
      case "source_reset", "metadata" -> history.pipeline(pipeline).sawReset();
      default -> {}
    }
  }

  private void message(EventRecord event) {
    Ownership ownership = ownership(event);
    Position position = Position.parse(event.pos());
    if (ownership == null || position == null) {
      findings.refuse("event " + event.seq() + " of " + process + " names no message");
      return;
    }
    int message = history.messages().idOf(ownership.source().index(), position);
    InFlight at = new InFlight(message, event.epoch());
    Flight flight = flights.get(at);
    if (event.attempt() > 1) {
      history.messages().set(message, MessageTable.RETRIED);
    }
    switch (event.ev()) {
      case RECEIVED -> received(event, ownership, at, position);
      case CLAIM -> claim(event, message);
      case PARKED -> history.messages().set(message, MessageTable.RETRIED);
      case OVERRAN -> history.messages().set(message, MessageTable.LATE);
      default -> {
        if (flight == null) {
          String what = event.msg() + " is " + event.ev().label() + " in " + process;
          broken(Guarantee.P10, message, what + ", where it was not in flight");
        } else if (event.ev() == EventKind.STARTED) {
          order.started(event, ownership, flight);
          flight.start();
        } else {
          flights.remove(at);
          order.ended(event, ownership, message);
          over(event, ownership, flight);
        }
      }
    }
  }

  private void received(EventRecord event, Ownership ownership, InFlight at, Position position) {
    findings.exercised(Guarantee.P10);
    history.messages().set(at.message(), MessageTable.RECEIVED);
    if (process.isDraining(event.monoNanos())) {
      broken(Guarantee.P5, at.message(), event.msg() + " was received during the drain");
    }
    Flight before = flights.put(at, new Flight(at.message(), position, event.seq()));
    if (before != null) {
      String what = event.msg() + " is received again by " + process;
      broken(Guarantee.P10, at.message(), what + " while it is in flight there");
      return;
    }
    process.received();
    if (position.isOffset()) {
      ownership.unfinished().put(position.major(), at.message());
    }
  }

  private void claim(EventRecord event, int message) {
    history.pipeline(history.sourceOf(message).pipeline()).sawClaim();
    if ("lost".equals(event.outcome())) {
      history.messages().set(message, MessageTable.LATE);
    }
  }

  private void over(EventRecord event, Ownership ownership, Flight flight) {
    MessageTable messages = history.messages();
    int message = flight.message();
    switch (event.ev()) {
      case SETTLED -> {
        String outcome = event.outcome() == null ? "" : event.outcome();
        process.finished(outcome);
        messages.set(message, MessageTable.SETTLED);
        if (flight.position().isOffset()) {
          ownership.settled(flight.position().major());
        }
        if (outcome.equals("deadLettered")) {
          commits.deadLettered(message, event);
        }
        if (outcome.equals("done")) {
          done(event, ownership, flight);
        }
      }
      case RELEASED -> {
        process.released();
        if (flight.started()) { // it ended after its partition had gone
          messages.set(message, MessageTable.LATE);
        }
      }
      default -> {
        process.abandoned();
        messages.set(message, MessageTable.ABANDONED);
      }
    }
  }

  private void done(EventRecord event, Ownership ownership, Flight flight) {
    int message = flight.message();
    if (!flight.started()) {
      broken(Guarantee.P10, message, event.msg() + " is done in " + process + " and never started");
    }
    findings.exercised(Guarantee.P2);
    if (history.messages().set(message, MessageTable.DONE)) {
      history.repeats().add(new History.Repeat(message, ownership));
    } else {
      history.messages().setOwner(message, ownership.index());
    }
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

  private void broken(Guarantee guarantee, int message, String sentence) {
    findings.broken(
        guarantee, sentence, Plot.of(history.sourceOf(message).pipeline(), history.print(message)));
  }
}
