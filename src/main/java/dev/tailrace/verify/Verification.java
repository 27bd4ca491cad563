package dev.tailrace.verify;

import dev.tailrace.observe.EventReader;
import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Verdict.CounterExample;
import dev.tailrace.verify.Verdicts.Totals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run by what it left behind. Reads each log once, and once more where a promise is
 * broken. What it knows of messages is sorted on the disk, so that memory does not grow with their
 * number. Order is taken from each process's own numbers, from positions at the broker and from
 * fences of the store, never from a wall clock. Used once, by one thread.
 */
public final class Verification {
  private final VerifyInput input;
  private final LegSorter byMessage = new LegSorter(LegSorter.By.MESSAGE, LegSorter.MOST_IN_MEMORY);
  private final LegSorter byKey = new LegSorter(LegSorter.By.KEY, LegSorter.MOST_IN_MEMORY);
  private final History history = new History(byMessage, byKey);
  private final Findings findings = new Findings();
  private final OrderCheck order;
  private final Witnesses witnesses = new Witnesses(history, findings);
  private final RepeatCheck repeats = new RepeatCheck(history, findings, witnesses);
  private final CommitCheck commits = new CommitCheck(history, findings);
  private final DrainCheck drains = new DrainCheck(history, findings);
  private final ZombieCheck zombies = new ZombieCheck(findings);
  private final PoisonCheck poison = new PoisonCheck(findings);
  private final LossCheck losses;
  private @Nullable ProcessReading reading;
  private long events;

  private Verification(VerifyInput input) {
    this.input = input;
    this.order = new OrderCheck(findings, input.expectations());
    this.losses = new LossCheck(findings, input.expectations(), witnesses, input.effects() != null);
  }

  /**
   * Checks a run.
   *
   * @throws IOException where an event log, a report or the positions cannot be read, or the folder
   *     for temporary files cannot be written
   */
  public static Verdicts check(VerifyInput input) throws IOException {
    Verification verification = new Verification(input);
    try (verification.byMessage;
        verification.byKey) {
      return verification.check();
    } catch (UncheckedIOException unwritten) {
      throw new IOException(unwritten.getCause());
    }
  }

  private Verdicts check() throws IOException {
    for (Path log : input.events()) {
      read(log);
    }
    commits.stretches();
    readPositions();
    readEffects();
    byMessage.forEach(this::judge);
    byKey.forEach(legs -> judge(new KeyLegs(history, legs)));
    witnesses.end();
    drains.checkLogs();
    for (Path report : input.reports()) {
      JsonTree.read(report, drains::check);
    }
    Totals totals = totals();
    refuseIfVacuous(totals);
    return new Verdicts(verdicts(), findings.refusals(), totals);
  }

  private void judge(List<Leg> legs) {
    MessageLegs message = new MessageLegs(history, legs);
    losses.check(message);
    repeats.check(message);
    poison.check(message);
    commits.acknowledged(message);
  }

  private void judge(KeyLegs key) {
    zombies.check(key);
    poison.check(key);
  }

  private void read(Path log) throws IOException {
    long killsBefore = kills();
    EventReader.Tally tally = EventReader.read(log, this::accept);
    endReading();
    events += tally.events();
    if (tally.events() == 0) { // killed before its first lines were written
      String name = log.getFileName().toString();
      history.processes().put(name, new ProcessHistory(name, "no events"));
    }
    long torn = kills() - killsBefore;
    if (tally.damaged() > torn) {
      findings.refuse(
          "%s has %s, and %s to explain that"
              .formatted(
                  log.getFileName(),
                  Verdict.count(tally.damaged(), "damaged line"),
                  Verdict.count(torn, "killed process")));
    }
  }

  private void accept(EventRecord event) {
    ProcessReading current = reading;
    if (current == null || !current.process().incarnation().equals(event.inc())) {
      endReading();
      ProcessHistory known = history.processes().get(event.inc());
      if (known != null) {
        findings.refuse("the log of " + known + " is given twice, or mixed with another");
        return;
      }
      current = begin(event);
      reading = current;
    }
    current.accept(event);
  }

  private ProcessReading begin(EventRecord event) {
    ProcessHistory process = new ProcessHistory(event.proc(), event.inc());
    history.processes().put(event.inc(), process);
    return new ProcessReading(history, findings, process, order);
  }

  private void endReading() {
    if (reading != null) {
      reading.end();
      reading = null;
    }
  }

  private void readPositions() throws IOException {
    if (input.committed() == null) {
      return;
    }
    JsonTree.read(
        input.committed(),
        line -> {
          Position position = Position.parse(line.text("committed"));
          String pipeline = line.text("pipeline");
          String source = line.text("source");
          if (position == null || pipeline == null || source == null) {
            findings.refuse("a committed position names no pipeline, source and position");
          } else if (position.isOffset()) {
            commits.atBroker(history.source(pipeline, source), position.major());
          } else {
            history.source(pipeline, source).acknowledgedBelow(position);
          }
        });
  }

  private void readEffects() throws IOException {
    Path effects = input.effects();
    if (effects == null) {
      if (input.expectations().effects()) {
        findings.refuse("effects are expected, and none are given");
      }
      return;
    }
    witnesses.read(effects);
  }

  private long kills() {
    return history.processes().values().stream().filter(ProcessHistory::wasKilled).count();
  }

  private Totals totals() {
    return new Totals(
        events,
        history.processes().size(),
        (int) kills(),
        losses.received(),
        losses.finished(),
        losses.waiting(),
        repeats.repeated(),
        repeats.repetitions(),
        drains.compared());
  }

  private void refuseIfVacuous(Totals totals) {
    if (totals.messages() == 0) {
      findings.refuse("nothing was received");
    }
    if (totals.kills() < input.expectations().kills()) {
      findings.refuse(
          Verdict.count(input.expectations().kills(), "kill")
              + " expected, and "
              + Verdict.count(totals.kills(), "process")
              + " killed");
    }
    if (input.expectations().effects() && input.effects() != null && witnesses.seen() == 0) {
      findings.refuse("effects are expected, and nobody saw one");
    }
  }

  private List<Verdict> verdicts() throws IOException {
    Map<Guarantee, CounterExample> stories = Stories.tell(findings.broken(), input.events());
    List<Verdict> verdicts = new ArrayList<>();
    for (Guarantee guarantee : Guarantee.values()) {
      CounterExample story = stories.get(guarantee);
      Verdict.Kind kind = Verdict.Kind.NOT_EXERCISED;
      if (story != null) {
        kind = Verdict.Kind.BROKEN;
      } else if (isExercised(guarantee)) {
        kind = Verdict.Kind.HOLDS;
      }
      verdicts.add(new Verdict(guarantee, kind, detail(guarantee), story));
    }
    return verdicts;
  }

  private boolean isExercised(Guarantee guarantee) {
    return guarantee == Guarantee.P3
        ? findings.isExercised(guarantee) && !order.ordered().isEmpty()
        : findings.isExercised(guarantee);
  }

  private String detail(Guarantee guarantee) {
    String told =
        switch (guarantee) {
          case P1 -> losses.detail();
          case P2 -> repeats.detail();
          case P3 -> orderDetail();
          case P5 -> drains.detail();
          case P7 -> zombies.detail();
          case P8 -> poison.detail();
          default -> "";
        };
    long broken = findings.count(guarantee);
    if (broken > 0) {
      return (told.isEmpty() ? "" : told + "; ") + "broken " + Verdict.count(broken, "time");
    }
    return told.isEmpty() ? "never broken" : told;
  }

  private String orderDetail() {
    String ordered = "kept in " + (order.ordered().isEmpty() ? "none" : order.ordered());
    return order.unordered().isEmpty()
        ? ordered
        : ordered + "; no order is expected of " + order.unordered() + ", and none seen";
  }
}
