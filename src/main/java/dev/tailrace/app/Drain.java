package dev.tailrace.app;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.lifecycle.DrainBudget;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.PhaseSequence;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One drain from its trigger to its report. It exists from the trigger on, so that its clock runs
 * and its progress can be read while the loop that is to run it may hang. Thread-safe.
 */
final class Drain {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final Subject subject;
  private final Trigger trigger;
  private final Clock clock;
  private final DrainProgress begin;
  private final AtomicReference<@Nullable Forced> forced = new AtomicReference<>();
  private final CopyOnWriteArrayList<String> notes =
      new CopyOnWriteArrayList<>(); // a few per witness
  private final CopyOnWriteArrayList<FlushLine> flushes =
      new CopyOnWriteArrayList<>(); // a few per witness
  private volatile @Nullable Running running; // written once, on the drain's loop
  private volatile @Nullable DrainReport report; // written once, on the drain's loop

  /**
   * What is drained.
   *
   * @param identity of the pool
   * @param configSha256 of its configuration; "" where built by code
   * @param config how long and how
   * @param longestTimeout of one handler call, over all its pipelines
   * @param cleanExit what a clean drain ends with that others asked for: 0, or what the failed
   *     start does
   */
  record Subject(
      PoolIdentity identity,
      String configSha256,
      DrainConfig config,
      Duration longestTimeout,
      int cleanExit) {}

  /**
   * What tells the time, also before a loop runs the drain; readable from any thread.
   *
   * @param wall the wall clock
   * @param nanos the monotonic clock of the loop that will run it
   */
  record Clock(Supplier<Instant> wall, LongSupplier nanos) {
    /** That of the machine. */
    static final Clock SYSTEM = new Clock(Instant::now, System::nanoTime);
  }

  private record Forced(String by, DrainBudget budget) {}

  private record Running(Loop loop, ShutdownPlan plan, PhaseSequence sequence) {}

  /** The drain is triggered now, by the machine's clock. */
  Drain(Subject subject, Trigger trigger) {
    this(subject, trigger, Clock.SYSTEM);
  }

  /** The drain is triggered now. */
  Drain(Subject subject, Trigger trigger, Clock clock) {
    this.subject = subject;
    this.trigger = trigger;
    this.clock = clock;
    DrainBudget budget = DrainBudget.of(subject.config(), subject.longestTimeout());
    this.begin = DrainProgress.begun(clock.wall().get(), clock.nanos().getAsLong(), budget);
  }

  Trigger trigger() {
    return trigger;
  }

  DrainConfig.Strategy strategy() {
    return subject.config().strategy();
  }

  DrainBudget budget() {
    return begin.budget();
  }

  /** Runs the phases on the loop whose turn this is; never fails. Called once. */
  Future<DrainReport> run(Loop loop, ShutdownPlan plan) {
    assert loop.inLoop();
    PhaseSequence sequence =
        new PhaseSequence(loop, plan.steps(), begin, plan::publish, plan::begins);
    Running now = new Running(loop, plan, sequence);
    running = now;
    tighten(now);
    return sequence
        .run()
        .map(
            phases -> {
              DrainReport last = report(phases, true);
              report = last;
              LOG.atInfo().addArgument(() -> last.toJson().encode()).log("drain report {}");
              return last;
            });
  }

  /** Something went wrong that harms no message: it is among the report's errors. Any thread. */
  void note(String error) {
    LOG.warn("drain: {}", error);
    notes.add(error);
  }

  /** This was written out where it decides nothing about the drain's result. Any thread. */
  void flushed(List<FlushLine> lines) {
    flushes.addAll(lines);
  }

  /** Cuts the drain short; the first call counts. */
  void force(String by) {
    Duration elapsed = sinceTrigger();
    if (forced.compareAndSet(null, new Forced(by, begin.budget().forced(elapsed)))) {
      LOG.warn("drain forced by {}", by);
      Running now = running;
      if (now != null) {
        now.loop().execute(() -> tighten(now));
      }
    }
  }

  /** How far it is; the budget is the forced one from the moment of forcing. */
  DrainProgress progress() {
    Running now = running;
    DrainProgress progress = now == null ? begin : now.sequence().progress();
    Forced cut = forced.get();
    return cut == null
        ? progress
        : new DrainProgress(
            progress.startedAt(),
            progress.startedNanos(),
            cut.budget(),
            progress.current(),
            progress.currentSince(),
            progress.ended());
  }

  /** The report as far as it is known; the final one once there is one. */
  DrainReport reportSoFar() {
    DrainReport last = report;
    return last != null ? last : report(progress().ended(), false);
  }

  /** The final report, or null. */
  @Nullable DrainReport report() {
    return report;
  }

  private void tighten(Running now) {
    Forced cut = forced.get();
    if (cut != null && !now.sequence().progress().over()) {
      now.plan().force(cut.budget());
      now.sequence().tighten(cut.budget());
    }
  }

  private DrainReport report(List<PhaseResult> phases, boolean complete) {
    Running now = running;
    DrainLedger ledger = now == null ? DrainLedger.SETTLED : now.plan().ledger();
    Forced cut = forced.get();
    boolean clean = cut == null && ledger.clean() && phases.stream().allMatch(Drain::isHarmless);
    boolean settled = phases.stream().anyMatch(phase -> phase.phase() == Phase.SETTLE);
    return new DrainReport(
        subject.identity(),
        subject.configSha256(),
        trigger,
        subject.config().strategy(),
        cut == null ? null : cut.by(),
        clean && settled ? cleanExit() : DrainReport.INCOMPLETE_EXIT,
        new DrainReport.Timing(
            begin.startedAt(), clock.wall().get(), sinceTrigger(), begin.budget().deadline()),
        phases,
        ledger.messages(),
        ledger.positions(),
        flushes(ledger),
        errors(phases, ledger, now),
        complete);
  }

  private List<FlushLine> flushes(DrainLedger ledger) {
    List<FlushLine> all = new ArrayList<>(ledger.flushes());
    all.addAll(flushes);
    return all;
  }

  private int cleanExit() {
    return trigger.kind().wantsRestart() ? DrainReport.RESTART_EXIT : subject.cleanExit();
  }

  private Duration sinceTrigger() {
    return Duration.ofNanos(clock.nanos().getAsLong() - begin.startedNanos());
  }

  /** What is late before settling has harmed nobody where the ledger is clean. */
  private static boolean isHarmless(PhaseResult phase) {
    boolean beforeSettling = phase.phase().compareTo(Phase.SETTLE) < 0;
    return inOrder(phase) || (beforeSettling && phase.result() == PhaseResult.Result.OVERRAN);
  }

  /** A handler may use up the drain's time and still end well when it is asked to. */
  private static boolean inOrder(PhaseResult phase) {
    return phase.result() == PhaseResult.Result.DONE
        || phase.phase() == Phase.DRAIN
        || phase.phase() == Phase.ABANDON;
  }

  private List<String> errors(List<PhaseResult> phases, DrainLedger ledger, @Nullable Running now) {
    List<String> errors = new ArrayList<>();
    for (PhaseResult phase : phases) {
      if (!inOrder(phase) || phase.failure() != null) {
        errors.add(
            phase.phase().label()
                + (phase.failure() == null ? " overran its budget" : ": " + phase.failure()));
      }
    }
    errors.addAll(ledger.errors());
    errors.addAll(notes);
    if (now != null && now.loop().inLoop()) {
      now.sequence()
          .lateFailures()
          .forEach(late -> errors.add("after its phase was over: " + late));
    }
    return errors;
  }
}
