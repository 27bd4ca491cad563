package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainBudget;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.IllegalMoveException;
import dev.tailrace.lifecycle.JoinableStop;
import dev.tailrace.lifecycle.Lifecycle;
import dev.tailrace.lifecycle.PhaseHooks;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool: pipelines, each with its consumers, that start and stop together. Thread-safe; futures
 * complete on an event loop of the pool's own.
 *
 * <p>Life: {@link #start} once, then anything, then {@link #drain} or {@link #close}. It halts
 * nothing and installs no signal handler: that is for the process it runs in. The Vert.x instance
 * is the caller's, and is closed by the caller after the drain.
 */
public final class Tailrace {
  private final PoolSettings settings;
  private final PoolEvents events;
  private final Lifecycle lifecycle;
  private final ControlLoop control;
  private final Consumers consumers;
  private final PauseSwitch pauses;
  private final Reloading reloading;
  private volatile ConfigStanding standing; // written on the control loop
  private final PoolSurroundings.Parts parts;
  private final AtomicBoolean started = new AtomicBoolean();
  private final JoinableStop<DrainReport> stop = new JoinableStop<>();
  private final Promise<DrainReport> drained = Promise.promise();
  private volatile int cleanExit; // written once, before the drain of a failed start
  private final AtomicReference<@Nullable Drain> drain = new AtomicReference<>(); // set once

  Tailrace(Vertx vertx, PoolSettings settings) {
    this.settings = settings;
    List<PoolEvents> readers = new ArrayList<>(settings.readers());
    readers.add(new StuckExit(this::pipelines, this::drain));
    this.standing = ConfigStanding.first(settings);
    this.events = new PoolEventsFanOut(readers);
    this.lifecycle =
        new Lifecycle(
            settings.identity().name(),
            Instant::now,
            (from, to, reason) -> events.state(from.label(), to.label(), reason));
    this.control = new ControlLoop(vertx);
    this.consumers = new Consumers(vertx, settings, readers, new SharedResources(control));
    this.pauses = new PauseSwitch(lifecycle, consumers);
    this.reloading = new Reloading(lifecycle, consumers, settings.startupDeadline(), this::drain);
    List<Resource> servers = new ArrayList<>();
    this.parts =
        new PoolSurroundings.Parts(
            consumers,
            new PoolResources(settings.telemetry(), settings.shared(), servers),
            new PhaseHooks(settings.hooks()),
            settings.witnesses().stream().map(made -> made.apply(this)).toList());
    settings.servers().forEach(server -> servers.add(server.apply(this)));
  }

  /** Begins a pool in the given Vert.x instance. */
  public static PoolBuilder builder(Vertx vertx) {
    return new PoolBuilder(vertx);
  }

  /**
   * Starts telemetry, then servers, then every consumer; completes with this pool when all consume.
   * While brokers or stores are away it goes on trying until the start-up deadline. On failure what
   * was started is drained and stopped, and the future fails with the first cause: an {@link
   * UnfitException} where a broker or store is unfit or stayed away ({@link #exitCode(Throwable)}
   * says 5), else with what happened. A drain meanwhile fails it too.
   */
  public Future<Tailrace> start() {
    if (!started.compareAndSet(false, true)) {
      return Future.failedFuture(new IllegalStateException("a pool starts once"));
    }
    return control
        .turn(
            loop ->
                new Startup(loop, settings.startupDeadline(), lifecycle)
                    .run(parts)
                    .onSuccess(running -> watch(loop)))
        .map(this)
        .recover(this::startFailed);
  }

  private void watch(Loop loop) {
    BooleanSupplier alive =
        () -> lifecycle.state() == State.RUNNING || lifecycle.state() == State.PAUSED;
    new DrainWatch(loop, this::workDeadline, events)
        .run(() -> consumers.standings(loop).map(DrainForecast::of), alive);
    BooleanSupplier settled = () -> lifecycle.state() == State.RUNNING && !reloading.isUnderWay();
    new EndWatch(loop, alive, settled, this::drain).run(() -> consumers.atEnd(loop));
  }

  private Duration workDeadline() {
    return DrainBudget.of(standing.drain(), consumers.longestTimeout()).cancelAt();
  }

  private Future<Tailrace> startFailed(Throwable failure) {
    cleanExit = exitCode(failure);
    String reason = "the start failed: " + failure.getMessage();
    return drain(new Trigger(Trigger.Kind.START_FAILED, reason))
        .compose(report -> Future.failedFuture(failure));
  }

  /**
   * Holds intake back everywhere; buffered work finishes and partitions stay. Completes when
   * nothing executes and nothing is buffered. Fine when paused already.
   *
   * @param reason in words, shown by {@code /status}
   * @return fails with {@link IllegalMoveException} where the state forbids it
   */
  public Future<Void> pause(String reason) {
    return control.turn(loop -> pauses.pause(reason));
  }

  /**
   * Takes back {@link #pause(String)}; a pipeline paused by itself stays paused.
   *
   * @return fails with {@link IllegalMoveException} where the state forbids it
   */
  public Future<Void> resume(String reason) {
    return control.turn(loop -> pauses.resume(reason));
  }

  /**
   * As {@link #pause(String)}, of one pipeline; the pool's state stays.
   *
   * @return fails with {@link NoSuchElementException} for an unknown name, with {@link
   *     IllegalMoveException} where the pool neither runs nor is paused
   */
  public Future<Void> pausePipeline(String pipeline, String reason) {
    return control.turn(loop -> pauses.pausePipeline(pipeline, reason));
  }

  /** Takes back {@link #pausePipeline}, and fails alike. */
  public Future<Void> resumePipeline(String pipeline, String reason) {
    return control.turn(loop -> pauses.resumePipeline(pipeline, reason));
  }

  /**
   * Takes over another configuration by as few moves as it takes, one pipeline after the other;
   * those that are not moved do not notice. A drain that begins meanwhile wins.
   *
   * @return completes when all has moved; fails with {@link ReloadException}, and what ran before
   *     runs on
   */
  public Future<PoolStatus.ConfigStamp> reload(ReloadPlan plan) {
    return control.turn(
        loop ->
            reloading
                .run(loop, plan)
                .map(
                    moved -> {
                      ConfigStanding next = standing.next(plan, Instant.now());
                      standing = next;
                      consumers.drainBy(next.drain());
                      return next.stamp();
                    }));
  }

  private Map<String, Pipeline> pipelines() {
    return consumers.pipelines();
  }

  /**
   * Stops everything in the nine phases. {@link #state} is draining before this returns. The first
   * call begins it; later ones join it, and never extend it.
   *
   * @return completes with the report when all phases are over, by the deadline at the latest;
   *     never fails
   */
  public Future<DrainReport> drain(Trigger trigger) {
    return drain(trigger, standing.drain().strategy());
  }

  /**
   * As {@link #drain(Trigger)}, with another strategy than the configuration's where this call
   * begins it; where it joins one, {@code IMMEDIATE} forces that, and other strategies change
   * nothing.
   */
  public Future<DrainReport> drain(Trigger trigger, DrainConfig.Strategy strategy) {
    Drain mine = new Drain(subject(strategy), trigger);
    Drain first = drain.compareAndExchange(null, mine);
    Drain begun = first == null ? mine : first;
    announce(begun.trigger());
    if (first != null && strategy == DrainConfig.Strategy.IMMEDIATE) {
      forceUnlessImmediate(first, trigger.reason());
    }
    return stop.begin(() -> run(begun));
  }

  private void forceUnlessImmediate(Drain running, String by) {
    if (running.strategy() != DrainConfig.Strategy.IMMEDIATE) {
      force(by);
    }
  }

  /** By whoever comes first, so that nobody is back before the state has changed. */
  private void announce(Trigger trigger) {
    try {
      lifecycle.transition(State.DRAINING, trigger.kind().label() + ": " + trigger.reason());
    } catch (IllegalMoveException over) {
      // the drain has ended meanwhile
    }
  }

  private Future<DrainReport> run(Drain begun) {
    return control
        .turn(
            loop -> {
              ShutdownPlan plan =
                  new ShutdownPlan(
                      consumers.drains(),
                      begun.budget(),
                      new PoolSurroundings(begun, loop, events, parts, drained));
              return begun.run(loop, plan);
            })
        .recover(vertxClosed -> Future.succeededFuture(begun.reportSoFar()))
        .compose(report -> control.end().map(report))
        .map(this::ended);
  }

  private DrainReport ended(DrainReport report) {
    boolean failed = report.trigger().kind() == Trigger.Kind.START_FAILED;
    lifecycle.transition(failed ? State.FAILED : State.STOPPED, report.result().label());
    drained.tryComplete(report);
    return report;
  }

  private Drain.Subject subject(DrainConfig.Strategy strategy) {
    ConfigStanding now = standing;
    return new Drain.Subject(
        settings.identity(),
        now.stamp().sha256(),
        now.drain().withStrategy(strategy),
        consumers.longestTimeout(),
        cleanExit);
  }

  /**
   * Cuts the drain short: nothing more starts, and what runs is asked to cancel and left. Nothing
   * where no drain runs, or it was forced already.
   *
   * @param by what forced it, for the report
   */
  public void force(String by) {
    Drain running = drain.get();
    if (running != null && running.report() == null) {
      running.force(by);
    }
  }

  /** {@link #drain} by {@link Trigger.Kind#CLOSE}; never fails. */
  public Future<Void> close() {
    return drain(new Trigger(Trigger.Kind.CLOSE, "closed by the application")).mapEmpty();
  }

  /** The state; from the first moment of a drain it is draining. */
  public State state() {
    return lifecycle.state();
  }

  /**
   * Whether it consumes or is paused by will, and no handler is stuck: {@code /readyz}. That none
   * is stuck is as of the call before, since each call has the loops look again.
   */
  public boolean ready() {
    boolean stuck = consumers.stuck();
    State now = lifecycle.state();
    return !stuck && (now == State.RUNNING || now == State.PAUSED);
  }

  /** Who it is. */
  public PoolIdentity identity() {
    return settings.identity();
  }

  /**
   * How it stands; the numbers of each consumer are taken in a turn of its loop. A loop that does
   * not answer within a second is named among the dependencies.
   */
  public Future<PoolStatus> status() {
    StatusReader reader = new StatusReader(settings, lifecycle, consumers, standing);
    return control.turn(loop -> reader.read(loop, report().orElse(null)));
  }

  /**
   * The counts by pipeline, each consumer's taken in a turn of its own loop: what a scrape takes
   * first, so that promise P10 holds. Of consumers that have ended, and of loops that do not answer
   * within a second, the counts of their last turn, which add up as well.
   */
  public Future<Map<String, MessageCounts>> counts() {
    State now = lifecycle.state();
    return now == State.STOPPED || now == State.FAILED
        ? Future.succeededFuture(consumers.published())
        : control.turn(loop -> consumers.standings(loop).map(Consumers::counts));
  }

  /** How far the drain is; empty before one. Safe and quick while every loop hangs. */
  public Optional<DrainProgress> progress() {
    return Optional.ofNullable(drain.get()).map(Drain::progress);
  }

  /**
   * The report as far as it is known, without asking any loop: what is written at a halt. Empty
   * before a drain; the final report after it. What was not known to have ended counts as
   * abandoned.
   */
  public Optional<DrainReport> reportSoFar() {
    return Optional.ofNullable(drain.get()).map(Drain::reportSoFar);
  }

  /** The final report; empty until the drain is over. */
  public Optional<DrainReport> report() {
    return Optional.ofNullable(drain.get()).map(Drain::report);
  }

  /**
   * Completes with the report as soon as only {@code close-runtime} is left, not complete then: for
   * servers, which that phase ends. Never fails, and never completes without a drain.
   */
  public Future<DrainReport> drained() {
    return drained.future();
  }

  /** The exit code for a failure of {@link #start}: 5 for brokers and stores, else 1. */
  public static int exitCode(Throwable failure) {
    return failure instanceof UnfitException ? 5 : 1;
  }
}
