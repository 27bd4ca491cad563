package dev.tailrace.app;

import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseHooks;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What is done around the consumers when a whole pool stops. Control loop only.
 *
 * @param drain the drain
 * @param loop the control loop
 * @param events of the pool
 * @param parts what the pool consists of
 * @param drained completed when only the runtime is left
 */
record PoolSurroundings(
    Drain drain, Loop loop, PoolEvents events, Parts parts, Promise<DrainReport> drained)
    implements ShutdownPlan.Surroundings {

  /**
   * What a pool consists of.
   *
   * @param consumers undeployed in the end
   * @param resources stopped in their phases
   * @param hooks run in their phases
   * @param witnesses told of the begin and the end
   */
  record Parts(
      Consumers consumers,
      PoolResources resources,
      PhaseHooks hooks,
      List<DrainWitness> witnesses) {}

  @Override
  public void phase(Phase phase, long inFlight) {
    events.phase(phase.label(), inFlight);
  }

  @Override
  public Future<String> unready(Duration budget) {
    return witnessed(budget.dividedBy(2), witness -> witness.begun(drain.trigger())).map("");
  }

  @Override
  public void intakeClosed() {
    Trigger trigger = drain.trigger();
    events.drainBegin(trigger.kind().label(), trigger.reason());
  }

  @Override
  public Future<Void> hooks(Phase phase, Duration left) {
    return parts.hooks().run(loop, phase, left).onSuccess(this::note).mapEmpty();
  }

  @Override
  public boolean shares() {
    return parts.resources().shares();
  }

  @Override
  public Future<Void> closeShared(Duration left) {
    // The last consumer has closed on a loop of its own.
    Promise<Void> closed = Promise.promise();
    loop.execute(
        () ->
            parts
                .resources()
                .stopShared(loop, left)
                .onSuccess(this::note)
                .<Void>mapEmpty()
                .onComplete(closed));
    return closed.future();
  }

  private void note(List<String> complaints) {
    complaints.forEach(drain::note);
  }

  @Override
  public Future<String> flushTelemetry(Duration budget) {
    DrainReport soFar = drain.reportSoFar();
    events.drainEnd(soFar.result().label());
    Duration most = budget.multipliedBy(4).dividedBy(5);
    Future<Void> told =
        witnessed(most, witness -> witness.ending(soFar, most))
            .onSuccess(
                ended -> parts.witnesses().forEach(witness -> drain.flushed(witness.flushes())));
    Future<String> flushed = parts.resources().stopTelemetry(loop, budget);
    return Future.join(told, flushed).compose(both -> flushed, failed -> flushed);
  }

  /** All at once; completes when each has ended or its time is over, and never fails. */
  private Future<Void> witnessed(Duration most, Function<DrainWitness, Future<Void>> call) {
    List<Future<Void>> ended = new ArrayList<>();
    for (DrainWitness witness : parts.witnesses()) {
      Promise<Void> over = Promise.promise();
      ended.add(over.future());
      TimeLimit.await(
          loop,
          () -> call.apply(witness),
          most,
          new TimeLimit.Ends<>(
              end -> {
                if (end.failed()) {
                  drain.note(String.valueOf(end.cause().getMessage()));
                }
                over.complete();
              },
              () -> {
                drain.note(witness + " did not end within " + most.toMillis() + " ms");
                over.complete();
              },
              late -> {}));
    }
    return Future.join(ended).mapEmpty();
  }

  @Override
  public Future<String> closeRuntime(Duration budget) {
    drained.tryComplete(drain.reportSoFar());
    Future<String> servers = parts.resources().stopServers(loop, budget);
    return Future.join(parts.consumers().undeploy(), servers).compose(both -> servers);
  }
}
