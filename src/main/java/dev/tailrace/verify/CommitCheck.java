package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Findings.Line;
import dev.tailrace.verify.Findings.Plot;
import java.util.ArrayList;
import java.util.Comparator;
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
    if (!ownership.isAnnounced()) {
      String sentence = where + " was committed in an epoch in which it was never assigned";
      broken(ownership, line, sentence);
      Plot plot = new Plot(ownership.source().pipeline(), List.of(), List.of(line));
      findings.broken(Guarantee.P7, sentence, plot);
    }
    if (ownership.ending() != Ownership.Ending.OPEN) {
      String gone = ownership.ending() == Ownership.Ending.LOST ? "been lost" : "been handed back";
      String sentence = where + " was committed after its partition had " + gone;
      broken(ownership, line, sentence);
      Plot plot = new Plot(ownership.source().pipeline(), List.of(), List.of(line));
      findings.broken(Guarantee.P7, sentence, plot);
    }
    neverBack(ownership, position, line);
    passUnfinished(ownership, position, line);
    ownership.committedAt(position, event.seq());
    ownership.source().pass(position);
  }

  /**
   * The broker was found to hold a position: whose commit it was, nobody can say, so what it passes
   * may have been finished elsewhere.
   */
  void readBack(Ownership ownership, long position, EventRecord event) {
    findings.exercised(Guarantee.P6);
    neverBack(ownership, position, new Line(event.inc(), event.seq()));
    ownership.readBackAt(position, event.seq());
    ownership.source().pass(position);
  }

  private void neverBack(Ownership ownership, long position, Line line) {
    if (position < ownership.held()) {
      Line before = new Line(line.incarnation(), ownership.heldSeq());
      findings.broken(
          Guarantee.P6,
          position + " of " + ownership.source() + " was committed after " + ownership.held(),
          new Plot(ownership.source().pipeline(), List.of(), List.of(before, line)));
    }
  }

  private void passUnfinished(Ownership ownership, long position, Line line) {
    Map.Entry<Long, Held> lowest = ownership.unfinished().firstEntry();
    if (lowest == null || lowest.getKey() >= position) {
      return;
    }
    String printed = lowest.getValue().printed();
    Plot plot = new Plot(ownership.source().pipeline(), List.of(printed), List.of(line));
    String sentence = position + " of " + ownership.source() + " was committed while " + printed;
    findings.broken(Guarantee.P6, sentence + " was unfinished", plot);
    for (Held passed : ownership.unfinished().headMap(position).values()) {
      passed.flagAll(Leg.PASSED);
      if (passed.ownership().isFinishedByOlder(passed.position().major())) {
        findings.broken(
            Guarantee.P7,
            sentence + " was unfinished in its epoch: only an older one had finished it",
            plot);
      }
    }
  }

  /** An entry that was acknowledged while it was in flight and nobody had finished it. */
  void acknowledged(MessageLegs message) {
    if (message.position().isOffset() || !message.any(Leg.PASSED)) {
      return;
    }
    if (message.legs().stream().noneMatch(leg -> leg.end().settles() && !leg.has(Leg.PASSED))) {
      String sentence = message.printed() + " was acknowledged while it was unfinished";
      findings.broken(Guarantee.P6, sentence, message.plot());
    }
  }

  /** A message ended as a dead letter. */
  void deadLettered(Held held, EventRecord event) {
    findings.exercised(Guarantee.P9);
    String printed = held.printed();
    String pipeline = held.ownership().source().pipeline();
    if (held.has(Leg.PASSED)) {
      findings.broken(
          Guarantee.P9,
          "the position of " + printed + " had passed before its dead letter was acknowledged",
          Plot.of(pipeline, printed));
    } else if (held.ownership().process().configured(pipeline) != null
        && EventWords.word(event.detail(), "dlq") == null) {
      findings.broken(
          Guarantee.P9,
          printed + " counts as dead, and no destination acknowledged its dead letter",
          Plot.of(pipeline, printed));
    }
  }

  /** After a clean drain the position is right behind what finished. */
  void atCleanEnd(Ownership ownership) {
    if (ownership.lastedToTheEnd()
        && ownership.endedEmpty()
        && ownership.highestSettled() >= 0
        && ownership.highestSettled() >= Math.max(ownership.held(), ownership.assigned())) {
      String message = ownership.source().source() + "@" + ownership.highestSettled();
      broken(
          ownership,
          new Line(ownership.process().incarnation(), ownership.heldSeq()),
          message
              + " finished before a clean drain ended, and no commit covers it; the last is "
              + ownership.held());
    }
  }

  /**
   * Across processes: one that takes a partition over begins where the one before it had committed
   * last, so their stretches follow one another without an overlap, whatever the clocks say.
   */
  void stretches() {
    for (SourceHistory source : history.sources()) {
      List<Ownership> known =
          source.ownerships().stream().filter(each -> each.assigned() >= 0).toList();
      if (known.size() > 1 && !history.wasReset(source)) {
        findings.exercised(Guarantee.P7);
        stretches(known);
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
        overlap(furthest, next);
      }
      if (furthest == null || next.committed() > furthest.committed()) {
        furthest = next;
      }
    }
  }

  private void overlap(Ownership furthest, Ownership next) {
    String sentence =
        "%s began %s at %d and committed up to %d, while %s committed up to %d"
            .formatted(
                next.process(),
                next.source(),
                next.assigned(),
                next.committed(),
                furthest.process(),
                furthest.committed());
    Plot plot =
        new Plot(
            next.source().pipeline(),
            List.of(),
            List.of(
                new Line(furthest.process().incarnation(), furthest.committedSeq()),
                new Line(next.process().incarnation(), next.committedSeq())));
    findings.broken(Guarantee.P6, sentence, plot);
    findings.broken(Guarantee.P7, sentence, plot);
  }

  /** What the broker says at the end, against the last confirmation in any log. */
  void atBroker(SourceHistory source, long committed) {
    findings.exercised(Guarantee.P6);
    long confirmed =
        history.ownerships().stream()
            .filter(each -> each.source() == source)
            .mapToLong(Ownership::held)
            .max()
            .orElse(-1);
    if (committed < confirmed && !history.wasReset(source)) {
      findings.broken(
          Guarantee.P6,
          "the broker holds " + committed + " for " + source + ", and confirmed " + confirmed,
          new Plot(source.pipeline(), List.of(), lines(source, confirmed)));
    }
    source.pass(committed);
  }

  private List<Line> lines(SourceHistory source, long committed) {
    return history.ownerships().stream()
        .filter(each -> each.source() == source && each.held() == committed)
        .map(each -> new Line(each.process().incarnation(), each.heldSeq()))
        .toList();
  }

  private void broken(Ownership ownership, Line line, String sentence) {
    findings.broken(
        Guarantee.P6, sentence, new Plot(ownership.source().pipeline(), List.of(), List.of(line)));
  }
}
