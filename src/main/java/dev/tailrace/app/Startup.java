package dev.tailrace.app;

import dev.tailrace.lifecycle.Lifecycle;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/** The start of a pool: telemetry, servers, consumers, within the start-up deadline. */
final class Startup {
  private final Loop loop;
  private final Duration deadline;
  private final Lifecycle lifecycle;

  /**
   * Prepares a start.
   *
   * @param deadline zero waits for ever
   */
  Startup(Loop loop, Duration deadline, Lifecycle lifecycle) {
    this.loop = loop;
    this.deadline = deadline;
    this.lifecycle = lifecycle;
  }

  /** Completes when the pool runs; takes nothing back. */
  Future<Void> run(PoolSurroundings.Parts parts) {
    return parts
        .resources()
        .start(loop, () -> lifecycle.state() == State.STARTING)
        .compose(ready -> deploy(parts.consumers()))
        .map(
            consuming -> {
              lifecycle.transition(State.RUNNING, "all consumers are connected");
              return null;
            });
  }

  private Future<Void> deploy(Consumers consumers) {
    if (lifecycle.state() != State.STARTING) {
      return Future.failedFuture(new CancellationException("stopped before it ran"));
    }
    if (deadline.isZero()) {
      return consumers.deploy();
    }
    Promise<Void> deployed = Promise.promise();
    TimeLimit.await(
        loop,
        consumers::deploy,
        deadline,
        new TimeLimit.Ends<>(deployed::handle, () -> overran(consumers, deployed), late -> {}));
    return deployed.future();
  }

  private void overran(Consumers consumers, Promise<Void> deployed) {
    List<String> waiting = consumers.unopened();
    consumers.standings(loop).onComplete(told -> deployed.fail(unfit(waiting, told.result())));
  }

  private static String missing(Consumers.Standing standing) {
    ConsumerStatus status = standing.status();
    return status == null ? standing.seat().name() + ": no answer" : status.missing();
  }

  private UnfitException unfit(List<String> waiting, List<Consumers.Standing> standings) {
    String errors =
        standings.stream()
            .filter(one -> waiting.contains(one.seat().name()))
            .map(Startup::missing)
            .distinct()
            .collect(Collectors.joining("; "));
    return new UnfitException(
        "not connected within startup.deadline ("
            + deadline.toMillis()
            + " ms): "
            + (errors.isEmpty() ? String.join(", ", waiting) : errors));
  }
}
