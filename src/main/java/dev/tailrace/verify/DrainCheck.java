package dev.tailrace.verify;

import dev.tailrace.verify.Findings.Line;
import dev.tailrace.verify.Findings.Plot;
import dev.tailrace.verify.ProcessHistory.DrainStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** P5: what a drain says of itself, against what its process's log tells. */
final class DrainCheck {
  private final History history;
  private final Findings findings;
  private int compared;

  DrainCheck(History history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  /** Reports that had a log of a drain that ended to be compared with. */
  int compared() {
    return compared;
  }

  String detail() {
    long drains =
        history.processes().values().stream().filter(process -> !process.wasKilled()).count();
    return Verdict.count(drains, "drain")
        + " ended, "
        + Verdict.count(compared, "report")
        + " compared";
  }

  /** What the logs alone show. */
  void checkLogs() {
    for (ProcessHistory process : history.processes().values()) {
      DrainStart start = process.drain();
      if (start != null && process.endedCleanly() && process.abandonedTotal() > start.abandoned()) {
        broken(process, "the drain of " + process + " ended clean, and abandoned messages");
      }
    }
  }

  /** What a report says. */
  void check(JsonTree report) {
    String incarnation = String.valueOf(report.text("incarnation"));
    ProcessHistory process = history.processes().get(incarnation);
    String result = report.text("result");
    if (process == null) {
      findings.refuse("there is a report of " + incarnation + ", and no event log of it");
      return;
    }
    DrainStart start = process.drain();
    if (start == null || process.wasKilled()) {
      if ("clean".equals(result)) {
        findings.refuse(
            "the log of " + process + " is cut off, and its report says that it ended clean");
      }
      return; // the report of a process that was halted is the last word on it
    }
    compared++;
    findings.exercised(Guarantee.P5);
    List<String> faults = new ArrayList<>();
    counts(report, process, start, faults);
    ending(report, process, faults);
    positions(report, process, faults);
    if (!faults.isEmpty()) {
      broken(process, "the report of " + process + " " + String.join("; it ", faults));
    }
  }

  /**
   * The report counts from the moment when the intake had closed, a little after the event of the
   * drain's begin: what ended in between is in the log's share and not in the report's. It calls
   * abandoned what a drain that was not clean left without a word: its loop did not come to that,
   * or to say what it had done, before the report.
   */
  private static void counts(
      JsonTree report, ProcessHistory process, DrainStart start, List<String> faults) {
    Map<String, Long> ends = new TreeMap<>(report.numbers("messages.finished"));
    ends.put(ProcessHistory.RELEASED, report.number("messages.released"));
    long abandoned = report.number("messages.abandoned.count");
    long atStart =
        report.number("messages.executingAtStart")
            + report.number("messages.bufferedAtStart")
            + report.number("messages.parkedAtStart");
    long ended = ends.values().stream().mapToLong(Long::longValue).sum() + abandoned;
    if (atStart != ended) {
      faults.add("does not add up: " + atStart + " at the start, and " + ended + " ended");
    }
    boolean clean = process.endedCleanly();
    long early = 0;
    long late = 0;
    Map<String, Long> outcomes = new TreeMap<>(process.endsTotal());
    outcomes.putAll(ends);
    for (String outcome : outcomes.keySet()) {
      long before = start.ends().getOrDefault(outcome, 0L);
      long logged = process.endsTotal().getOrDefault(outcome, 0L) - before;
      long reported = ends.getOrDefault(outcome, 0L);
      long mayBeEarly = process.endsAtClose().getOrDefault(outcome, 0L) - before;
      long mayBeLate = clean ? 0 : logged;
      early += logged - reported;
      late += mayBeLate;
      if (reported > logged || logged - reported > mayBeEarly + mayBeLate) {
        faults.add("says " + reported + " " + outcome + ", and the log " + logged);
      }
    }
    long abandonedLogged = process.abandonedTotal() - start.abandoned();
    long unsaid = abandoned - abandonedLogged - (clean ? 0 : process.unsaid());
    if (unsaid < 0 || unsaid > late) {
      faults.add("says " + abandoned + " abandoned, and the log " + abandonedLogged);
    }
    long inFlight = start.inFlight() + process.receivedTotal() - start.received();
    if (faults.isEmpty() && inFlight - atStart != early - unsaid) {
      faults.add("says " + atStart + " in flight at the start, and the log " + inFlight);
    }
  }

  private static void ending(JsonTree report, ProcessHistory process, List<String> faults) {
    String result = report.text("result");
    boolean clean = "clean".equals(result);
    // The event is told before the last phases: what they bring can only make it worse.
    if (clean && !process.endedCleanly()) {
      faults.add("says " + result + ", and the log " + process.drainResult());
    }
    if (clean && report.number("messages.abandoned.count") > 0) {
      faults.add("says clean, and abandoned messages");
    }
    if (!clean && report.number("exitCode") == 0) {
      faults.add("says " + result + ", and exit code 0");
    }
    if (clean) {
      for (JsonTree position : report.objects("positions")) {
        if (!"ok".equals(position.text("commit"))) {
          faults.add("says clean, and a commit of " + position.text("source") + " is not ok");
        }
      }
    }
  }

  private void positions(JsonTree report, ProcessHistory process, List<String> faults) {
    // A source is told twice where its last epoch was being handed over as the next one came.
    Map<String, Long> highest = new TreeMap<>();
    for (JsonTree reported : report.objects("positions")) {
      Position position = Position.parse(reported.text("committed"));
      if (position != null && position.isOffset() && "ok".equals(reported.text("commit"))) {
        highest.merge(String.valueOf(reported.text("source")), position.major(), Math::max);
      }
    }
    highest.forEach(
        (source, position) -> {
          Long logged = lastCommitted(process, source);
          if (logged != null && !logged.equals(position)) {
            faults.add("says " + source + " is at " + position + ", and the log " + logged);
          }
        });
  }

  /** Null also where its last epoch began with what the broker had, and has committed nothing. */
  private @Nullable Long lastCommitted(ProcessHistory process, String source) {
    Long last = null;
    for (Ownership ownership : history.ownerships()) {
      if (ownership.process() == process
          && ownership.lastedToTheEnd()
          && ownership.source().source().equals(source)) {
        last = ownership.held() >= 0 ? ownership.held() : null;
      }
    }
    return last;
  }

  private void broken(ProcessHistory process, String sentence) {
    DrainStart start = process.drain();
    List<Line> lines = new ArrayList<>();
    if (start != null) {
      lines.add(new Line(process.incarnation(), start.seq()));
    }
    lines.add(new Line(process.incarnation(), process.drainEndSeq()));
    findings.broken(Guarantee.P5, sentence, new Plot("", List.of(), lines));
  }
}
