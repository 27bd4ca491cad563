package dev.tailrace.app;

import static dev.tailrace.lifecycle.Phase.ABANDON;
import static dev.tailrace.lifecycle.Phase.CLOSE_RUNTIME;
import static dev.tailrace.lifecycle.Phase.CLOSE_SOURCES;
import static dev.tailrace.lifecycle.Phase.CLOSE_STORES;
import static dev.tailrace.lifecycle.Phase.DRAIN;
import static dev.tailrace.lifecycle.Phase.FLUSH_TELEMETRY;
import static dev.tailrace.lifecycle.Phase.SETTLE;
import static dev.tailrace.lifecycle.Phase.STOP_INTAKE;
import static dev.tailrace.lifecycle.Phase.UNREADY;

import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.lifecycle.DrainBudget;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseSequence.Step;
import dev.tailrace.observe.MessageCounts;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The nine phases of a stop over all consumers, in the order in which nothing is lost: nothing new
 * comes, what is here ends or goes back, what ended is written down, and only then do connections
 * close. Each phase runs over all consumers at once. The same plan stops a whole pool and a single
 * undeployed consumer. Belongs to the loop that runs its steps.
 */
final class ShutdownPlan {
  private final List<ConsumerDrain> consumers;
  private final Surroundings surroundings;
  private DrainBudget budget; // event loop only
  private Future<Void> quiesced = Future.succeededFuture(); // event loop only
  private boolean draining; // event loop only

  /** What is to be done around the consumers; each completes in its own time, or fails. */
  interface Surroundings {
    /** A phase begins, with so many messages in flight as far as is known. */
    default void phase(Phase phase, long inFlight) {}

    /** Says that the drain has begun, to those who are to know before anything else happens. */
    Future<String> unready(Duration budget);

    /** The intake of every consumer has closed, or its time was over. */
    void intakeClosed();

    /** What users have done in this phase; completes when all of it has ended or was left. */
    default Future<Void> hooks(Phase phase, Duration left) {
      return Future.succeededFuture();
    }

    /** Whether there is something that consumers share, and that closes after them. */
    default boolean shares() {
      return false;
    }

    /** Closes what consumers share; completes when all of it is closed or was left. */
    default Future<Void> closeShared(Duration left) {
      return Future.succeededFuture();
    }

    /** Brings the last numbers and lines where they belong. */
    Future<String> flushTelemetry(Duration budget);

    /** Ends servers and verticles. */
    Future<String> closeRuntime(Duration budget);
  }

  ShutdownPlan(List<ConsumerDrain> consumers, DrainBudget budget, Surroundings surroundings) {
    this.consumers = List.copyOf(consumers);
    this.budget = budget;
    this.surroundings = surroundings;
  }

  /** The plan itself, to be read from top to bottom. */
  List<Step> steps() {
    return Stream.of(
            new Step(UNREADY, surroundings::unready),
            new Step(STOP_INTAKE, left -> each(ConsumerDrain::stopIntake)),
            new Step(DRAIN, this::drain),
            new Step(ABANDON, left -> abandon()),
            new Step(
                SETTLE, left -> each(consumer -> consumer.settle(left)).map(done -> written())),
            new Step(CLOSE_SOURCES, left -> each(ConsumerDrain::closeSource)),
            new Step(CLOSE_STORES, this::closeStores),
            new Step(FLUSH_TELEMETRY, surroundings::flushTelemetry),
            new Step(CLOSE_RUNTIME, this::closeRuntime))
        .map(step -> new Step(step.phase(), left -> withHooks(step, left)))
        .toList();
  }

  /** The hooks run beside the phase's own work, whatever becomes of that. */
  private Future<String> withHooks(Step step, Duration left) {
    Future<Void> hooks = hooks(step.phase(), left);
    Future<String> own = step.work().apply(left);
    return hooks.isComplete() ? own : hooks.transform(ended -> own);
  }

  private Future<Void> hooks(Phase phase, Duration left) {
    List<Future<Void>> all = new ArrayList<>();
    all.add(surroundings.hooks(phase, left));
    for (ConsumerDrain consumer : consumers) {
      if (consumer.hasHooks(phase)) {
        all.add(consumer.hooks(phase, left));
      }
    }
    return all.size() == 1 ? all.get(0) : Future.join(all).mapEmpty();
  }

  /** What consumers share goes after all of them; each has half of the time then. */
  private Future<String> closeStores(Duration left) {
    if (!surroundings.shares()) {
      return each(consumer -> consumer.closeStores(left));
    }
    Duration half = left.dividedBy(2);
    return each(consumer -> consumer.closeStores(half))
        .compose(closed -> surroundings.closeShared(half).map(closed));
  }

  /** From now on nothing starts, and what runs is asked to cancel, and left after the grace. */
  void force(DrainBudget shorter) {
    budget = shorter;
    if (draining) {
      quiesced = quiesce(QuiescePlan.immediate(shorter.grace()));
    }
  }

  /** Has every ledger brought up to date. */
  void publish() {
    consumers.forEach(ConsumerDrain::publish);
  }

  /** A phase is about to begin. */
  void begins(Phase phase) {
    surroundings.phase(phase, ledger().now().inFlight());
  }

  /** What is known so far of all consumers; safe on any thread. */
  DrainLedger ledger() {
    DrainLedger sum = null;
    for (ConsumerDrain consumer : consumers) {
      DrainLedger one = consumer.ledger();
      sum = sum == null ? one : sum.plus(one);
    }
    return sum == null ? DrainLedger.SETTLED : sum;
  }

  private Future<String> drain(Duration left) {
    surroundings.intakeClosed();
    Duration elapsed = budget.end(DRAIN).minus(left);
    Duration cancelAfter = atLeastZero(budget.cancelAt().minus(elapsed));
    draining = true;
    Duration leaveAfter = cancelAfter.plus(budget.grace());
    quiesced =
        quiesce(
            budget.asLongAsItFits()
                ? QuiescePlan.cooperative(cancelAfter, leaveAfter)
                : QuiescePlan.drain(
                    atLeastZero(budget.startUntil().minus(elapsed)), cancelAfter, leaveAfter));
    return quiesced.map(done -> ended());
  }

  private String ended() {
    MessageCounts since = ledger().messages().since();
    return since.finishedTotal() + " finished, " + since.released() + " go back";
  }

  private Future<String> abandon() {
    return quiesced.map(
        done -> {
          long abandoned = ledger().messages().abandoned();
          return abandoned == 0 ? "nothing" : abandoned + " messages left, with their claims";
        });
  }

  private Future<Void> quiesce(QuiescePlan plan) {
    return each(consumer -> consumer.quiesce(plan)).mapEmpty();
  }

  private String written() {
    DrainLedger ledger = ledger();
    long unconfirmed =
        ledger.positions().stream().filter(position -> !position.commit().equals("ok")).count();
    return ledger.positions().size()
        + " positions"
        + (unconfirmed == 0 ? " confirmed" : ", " + unconfirmed + " not confirmed");
  }

  private Future<String> closeRuntime(Duration left) {
    consumers.forEach(ConsumerDrain::giveUp);
    return surroundings.closeRuntime(left);
  }

  private Future<String> each(Function<ConsumerDrain, Future<Void>> work) {
    List<Future<Void>> works = new ArrayList<>(consumers.size());
    for (ConsumerDrain consumer : consumers) {
      works.add(work.apply(consumer));
    }
    return Future.join(works).map(done -> "");
  }

  private static Duration atLeastZero(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
