package dev.tailrace.app;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.dispatch.Quiesced;
import dev.tailrace.dispatch.Scope;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.ResourceGraph;
import dev.tailrace.lifecycle.ResourceGraph.Stopped;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.JoinedSources;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One consumer: a source, the dispatcher that it feeds, and what the handlers need, all on one
 * loop. Belongs to that loop, save {@link #onLoop} and {@link #published}.
 */
final class Consumer {
  /** How long taking back a failed start may take. */
  private static final Duration ROLLBACK = Duration.ofSeconds(5);

  private final Seat seat;
  private final Loop loop;
  private final Supplier<Future<Integer>> endWorkers;
  private final HandlerResources handlers;
  private final ConsumerParts parts;
  private final ResourceGraph resources;
  private final Source source;
  private final Dispatcher dispatcher;
  private final IntakeGate gate;
  private final Map<String, String> pausedBy = new LinkedHashMap<>(); // event loop only
  private PipelineLimits told; // event loop only; what the event log says of the pipeline
  private boolean closed; // event loop only
  private PipelineLimits wanted; // event loop only; the newest of the pipeline
  private volatile MessageCounts published = MessageCounts.NONE; // written on the event loop
  private final StuckWatch watch;

  /**
   * Builds the parts in a turn of the loop; connects nothing. What a handler throws passes.
   *
   * @param setting what the handler is given
   * @param handlers what it declares there
   * @param endWorkers ends the loop's workers, and says how many still run
   */
  Consumer(
      Seat seat,
      HandlerEnvironment setting,
      HandlerResources handlers,
      Loop loop,
      Supplier<Future<Integer>> endWorkers) {
    this.seat = seat;
    this.loop = loop;
    this.endWorkers = endWorkers;
    this.handlers = handlers;
    this.parts = new ConsumerParts(seat, loop, setting, handlers);
    this.resources = new ResourceGraph(loop, parts.resources());
    this.source = source(seat, loop);
    this.told = seat.pipeline().limits();
    this.wanted = told;
    this.dispatcher =
        new Dispatcher(dispatchConfig(seat.limits()), parts.crew(), source, seat.solitude());
    this.gate = new IntakeGate(dispatcher);
    this.watch = new StuckWatch(loop, System::nanoTime, this::look);
  }

  /** What the pipeline reads, joined with its tiers of retries where it has any. */
  private static Source source(Seat seat, Loop loop) {
    Pipeline pipeline = seat.pipeline();
    SourceEnvironment environment =
        new SourceEnvironment(
            pipeline.name(),
            seat.identity().instance(),
            seat.index(),
            loop,
            seat.events(),
            seat.meters());
    Source reading = pipeline.source().source(environment);
    List<Source> tiers =
        pipeline.retrySources().stream().map(tier -> tier.source(environment)).toList();
    return tiers.isEmpty() ? reading : new JoinedSources(reading, tiers);
  }

  Seat seat() {
    return seat;
  }

  Loop loop() {
    return loop;
  }

  /** Runs a question or an order in a turn of the loop; the future completes on that loop. */
  <T> Future<T> onLoop(Supplier<Future<T>> turn) {
    return Future.future(
        promise ->
            loop.execute(
                () -> {
                  Future<T> answer;
                  try {
                    answer = turn.get();
                  } catch (RuntimeException failure) {
                    answer = Future.failedFuture(failure);
                  }
                  answer.onComplete(promise);
                }));
  }

  /** Says, once per pipeline, with which limits it is about to begin. */
  void announce() {
    if (seat.index() == 0) {
      SourceConfig read = seat.pipeline().source();
      seat.events().reads(seat.pipeline().name(), read.system(), read.group());
      say(told, seat.replaces());
    }
  }

  private void say(PipelineLimits limits, boolean instead) {
    told = limits;
    seat.events()
        .configured(
            seat.pipeline().name(), seat.limitsInWords(limits, instead) + " " + parts.inWords());
  }

  /**
   * Before any consumer of the pipeline goes by other limits: says that as much may be here as the
   * earlier ones allowed, or these.
   */
  void widen(PipelineLimits next) {
    wanted = next;
    PipelineLimits both = told.or(next);
    if (!both.equals(told)) {
      say(both, true);
    }
  }

  /**
   * When no consumer of the pipeline has more than these allow: says so, where they are the newest.
   */
  void narrow(PipelineLimits next) {
    if (!closed && wanted.equals(next) && !next.equals(told)) {
      say(next, true);
    }
  }

  /**
   * Goes by its share of other limits from now on, while its work goes on.
   *
   * @return completes when it has no more than the newest of them allow
   */
  Future<Void> limit(PipelineLimits next) {
    return dispatcher.limit(dispatchConfig(next.share(seat.index(), seat.consumers())));
  }

  private DispatchConfig dispatchConfig(PipelineLimits limits) {
    return new DispatchConfig(
        seat.pipeline().name(),
        seat.pipeline().order(),
        limits.concurrency(),
        limits.bufferMessages(),
        limits.bufferBytes(),
        limits.parked());
  }

  /** Starts store, dead letters and handler, then the source; takes them back where one fails. */
  Future<Void> open() {
    return resources
        .start(ROLLBACK)
        .compose(
            ready ->
                source
                    .open(gate)
                    .recover(
                        failure ->
                            source
                                .close()
                                .transform(closed -> resources.stop(ROLLBACK))
                                .compose(
                                    stopped ->
                                        Future.failedFuture(
                                            ResourceGraph.withAll(failure, stopped)))));
  }

  /** Holds the intake back for one more reason; completes when all that was here has ended. */
  Future<Void> pause(String who, String reason) {
    pausedBy.put(who, reason);
    return dispatcher.quiesce(Scope.all(), QuiescePlan.pause()).mapEmpty();
  }

  /** Takes one reason back; the last one lets messages in again. */
  void resume(String who) {
    if (pausedBy.remove(who) != null && pausedBy.isEmpty()) {
      dispatcher.resume();
    }
  }

  /** From now on nothing comes in, also where the loop does not turn; any thread. */
  void shutIntake() {
    gate.shut();
  }

  Future<Void> closeIntake() {
    return source.closeIntake();
  }

  Future<Quiesced> quiesce(QuiescePlan plan) {
    return dispatcher.quiesce(Scope.all(), plan);
  }

  /**
   * Joins marks, dead letters and releases of claims, which go before positions; what the store has
   * not answered after {@code budget} is not sent again.
   */
  Future<List<DrainReport.FlushLine>> flushWrites(Duration budget) {
    return parts.flush(budget);
  }

  Future<Source.Flush> flushSource() {
    return source.flush();
  }

  Future<Source.Flush> giveBack() {
    return source.giveBack();
  }

  Future<Void> closeSource() {
    return source.close();
  }

  /** Whether its handler has something done in a phase; any thread. */
  boolean hasHooks(Phase phase) {
    return !handlers.hooks(phase).isEmpty();
  }

  /** What the handler has done there; completes with those that did not end in order. */
  Future<List<String>> hooks(Phase phase, Duration left) {
    return handlers.run(phase, left);
  }

  /** Handler first, then what it may have used; completes with those that did not stop in order. */
  Future<List<String>> closeResources(Duration budget) {
    closed = true; // or its last word on limits could come after the first of the next one
    dispatcher.close();
    return resources
        .stop(budget)
        .compose(stopped -> endWorkers.get().map(workers -> complaints(stopped, workers)));
  }

  private List<String> complaints(List<Stopped> stopped, int workers) {
    List<String> complaints = new ArrayList<>();
    for (Stopped one : stopped) {
      if (!one.clean()) {
        complaints.add(
            seat.name()
                + ": "
                + one.name()
                + (one.overran() ? " did not stop in time" : " failed to stop: " + one.failure()));
      }
    }
    complaints.addAll(handlers.complaints());
    if (workers > 0) {
      complaints.add(seat.name() + ": " + workers + " worker threads still run");
    }
    return complaints;
  }

  /** The counts of this turn; also published. */
  MessageCounts counts() {
    MessageCounts counts = dispatcher.counts();
    published = counts;
    return counts;
  }

  /** The counts that were taken last; safe on any thread. */
  MessageCounts published() {
    return published;
  }

  /**
   * Whether a handler is stuck: it has run past its time-out and the grace after it, as of the call
   * before, or it has kept the loop for a second since then. Has the loop look again and publish
   * its counts; any thread.
   */
  boolean isStuck() {
    return watch.stuck();
  }

  private boolean look() {
    counts();
    return dispatcher.stuck() > 0;
  }

  /** The grade of effects, as promise P2 declares it. */
  String grade() {
    return parts.grade();
  }

  /** See {@link Source#atEnd}. */
  Future<Boolean> atEnd() {
    return source.atEnd();
  }

  /** How its source stands with its broker. */
  SourceStatus broker() {
    return source.status();
  }

  ConsumerStatus status() {
    return new ConsumerStatus(
        source.name(),
        counts(),
        broker(),
        parts.connections(),
        dispatcher.oldest(),
        dispatcher.stuck(),
        dispatcher.limit(),
        dispatcher.workload(),
        parts.gradeNow(),
        Stream.of(
                pausedBy.entrySet().stream().map(by -> by.getKey() + ": " + by.getValue()),
                parts.pausedBy().stream(),
                dispatcher.outage().map(outage -> "breaker: " + outage).stream(),
                dispatcher.suspended().map(suspect -> "suspect: " + suspect).stream())
            .flatMap(each -> each)
            .toList());
  }
}
