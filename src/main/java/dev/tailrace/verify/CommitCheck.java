package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Findings.Line;
import dev.tailrace.verify.Findings.Plot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** P6 and P9: what was confirmed by the broker, against what was finished by then. */
final class CommitCheck {
  private final History history;
  private final Findings findings;

  CommitCheck(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  /** A position in a partition was confirmed: the next to be read. */
  void committed(Ownership ownership, long position, EventRecord event) {
    findings.exercised(Guarantee.P6);
    Line line = new Line(event.inc(), event.seq());
    String where = position + " of " + ownership.source();
    if (ownership.ending() == Ownership.Ending.REVOKED
        || ownership.ending() == Ownership.Ending.LEFT) {
      broken(ownership, line, where + " was committed after its partition had been handed back");
    }
    if (position < ownership.committed()) {
      Line before = new Line(event.inc(), ownership.committedSeq());
      findings.broken(
          Guarantee.P6,
          where + " was committed after " + ownership.committed(),
          new Plot(ownership.source().pipeline(), List.of(), List.of(before, line)));
    }
    Map.Entry<Long, Integer> lowest = ownership.unfinished().firstEntry();
    if (lowest != null && lowest.getKey() < position) {
      findings.broken(
          Guarantee.P6,
          where + " was committed while " + history.print(lowest.getValue()) + " was unfinished",
          new Plot(
              ownership.source().pipeline(),
              List.of(history.print(lowest.getValue())),
              List.of(line)));
      ownership
          .unfinished()
          .headMap(position)
          .values()
          .forEach(message -> history.messages().set(message, MessageTable.PASSED));
    }
    ownership.committedAt(position, event.seq());
    ownership.source().pass(position);
  }

  /** An entry of a stream was acknowledged. */
  void acknowledged(int message, boolean inFlight, EventRecord event) {
    findings.exercised(Guarantee.P6);
    MessageTable messages = history.messages();
    messages.set(message, MessageTable.ACKED);
    if (inFlight && !messages.has(message, MessageTable.SETTLED)) {
      messages.set(message, MessageTable.PASSED);
      String printed = history.print(message);
      findings.broken(
          Guarantee.P6,
          printed + " was acknowledged while it was unfinished",
          new Plot(
              String.valueOf(event.pipeline()),
              List.of(printed),
              List.of(new Line(event.inc(), event.seq()))));
    }
  }

  /** A dead letter was acknowledged by its destination. */
  void deadLettered(int message, EventRecord event) {
    findings.exercised(Guarantee.P9);
    if (history.messages().has(message, MessageTable.PASSED)) {
      String printed = history.print(message);
      findings.broken(
          Guarantee.P9,
          "the position of " + printed + " had passed before its dead letter was acknowledged",
          Plot.of(String.valueOf(event.pipeline()), printed));
    }
  }

  /** After a clean drain the position is right behind what finished. */
  void atCleanEnd(Ownership ownership) {
    if (ownership.lastedToTheEnd()
        && ownership.unfinished().isEmpty()
        && ownership.highestSettled() >= 0
        && ownership.highestSettled() >= Math.max(ownership.committed(), ownership.assigned())) {
      int message =
          history
              .messages()
              .idOf(
                  ownership.source().index(),
                  new Position(ownership.highestSettled(), Position.OFFSET));
      broken(
          ownership,
          new Line(ownership.process().incarnation(), ownership.committedSeq()),
          history.print(message)
              + " finished before a clean drain ended, and no commit covers it; the last is "
              + ownership.committed());
    }
  }

  /**
   * Across processes: one that takes a partition over begins where the one before it had committed
   * last, so their stretches follow one another without an overlap, whatever the clocks say.
   */
  void stretches() {
    Map<SourceHistory, List<Ownership>> bySource = new HashMap<>();
    for (Ownership ownership : history.ownerships()) {
      if (ownership.assigned() >= 0) {
        bySource.computeIfAbsent(ownership.source(), absent -> new ArrayList<>()).add(ownership);
      }
    }
    for (SourceHistory source : history.sources()) {
      if (!history.pipeline(source.pipeline()).repeatsAllowed()) {
        stretches(bySource.getOrDefault(source, List.of()));
      }
    }
  }

  private void stretches(List<Ownership> ownerships) {
    List<Ownership> ordered = new ArrayList<>(ownerships);
    ordered.sort(
        Comparator.comparingLong(Ownership::assigned)
            .thenComparingLong(each -> Math.max(each.committed(), each.assigned())));
    Ownership furthest = null;
    for (Ownership next : ordered) {
      if (furthest != null && next.assigned() < furthest.committed() && next.committed() >= 0) {
        findings.broken(
            Guarantee.P6,
            "%s began %s at %d and committed up to %d, while %s committed up to %d"
                .formatted(
                    next.process(),
                    next.source(),
                    next.assigned(),
                    next.committed(),
                    furthest.process(),
                    furthest.committed()),
            new Plot(
                next.source().pipeline(),
                List.of(),
                List.of(
                    new Line(furthest.process().incarnation(), furthest.committedSeq()),
                    new Line(next.process().incarnation(), next.committedSeq()))));
      }
      if (furthest == null || next.committed() > furthest.committed()) {
        furthest = next;
      }
    }
  }

  /** What the broker says at the end, against the last confirmation in any log. */
  void atBroker(SourceHistory source, long committed) {
    findings.exercised(Guarantee.P6);
    long confirmed =
        history.ownerships().stream()
            .filter(each -> each.source() == source)
            .mapToLong(Ownership::committed)
            .max()
            .orElse(-1);
    if (committed < confirmed) {
      findings.broken(
          Guarantee.P6,
          "the broker holds " + committed + " for " + source + ", and confirmed " + confirmed,
          new Plot(source.pipeline(), List.of(), lines(source, confirmed)));
    }
    source.pass(committed);
  }

  private List<Line> lines(SourceHistory source, long committed) {
    return history.ownerships().stream()
        .filter(each -> each.source() == source && each.committed() == committed)
        .map(each -> new Line(each.process().incarnation(), each.committedSeq()))
        .toList();
  }

  private void broken(Ownership ownership, Line line, String sentence) {
    findings.broken(
        Guarantee.P6, sentence, new Plot(ownership.source().pipeline(), List.of(), List.of(line)));
  }
}
