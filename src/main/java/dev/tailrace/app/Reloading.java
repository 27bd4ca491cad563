package dev.tailrace.app;

import dev.tailrace.app.ReloadPlan.Move;
import dev.tailrace.lifecycle.Lifecycle;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the moves of a reload on a running pool, one after the other; where one fails, takes
 * back those before it. A drain that begins meanwhile wins: nothing more is moved, and what is
 * there is drained. Control loop only.
 */
final class Reloading {
  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

  /** How long a pipeline may take to consume where the start may take for ever. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long the loop of a consumer may take to go by other limits. */
  private static final Duration OBEDIENCE = Duration.ofSeconds(1);

  private final Lifecycle lifecycle;
  private final Consumers consumers;
  private final Duration longestStart;
  private final Consumer<Trigger> drain;
  private boolean underWay; // control loop only

  /**
   * Of one pool.
   *
   * @param startupDeadline how long a pipeline may take to consume; zero for a minute
   * @param drain ends the pool where a pipeline can neither change nor go back
   */
  Reloading(
      Lifecycle lifecycle, Consumers consumers, Duration startupDeadline, Consumer<Trigger> drain) {
    this.lifecycle = lifecycle;
    this.consumers = consumers;
    this.longestStart = startupDeadline.isZero() ? PATIENCE : startupDeadline;
    this.drain = drain;
  }

  /** Completes when all has moved; fails with {@link ReloadException}, and nothing has changed. */
  Future<Void> run(Loop loop, ReloadPlan plan) {
    if (underWay) {
      return Future.failedFuture(
          new ReloadException(
              ReloadException.Kind.UNTIMELY, List.of("another reload is under way")));
    }
    if (!runs()) {
      return Future.failedFuture(untimely());
    }
    underWay = true;
    Deque<Move> done = new ArrayDeque<>();
    Future<Void> moved = Future.succeededFuture();
    for (Move move : plan.moves()) {
      moved = moved.compose(before -> step(loop, move, done));
    }
    return moved
        .recover(failure -> takeBack(loop, done, failure))
        .onComplete(over -> underWay = false);
  }

  /** Whether pipelines are on the move. */
  boolean isUnderWay() {
    return underWay;
  }

  private boolean runs() {
    State state = lifecycle.state();
    return state == State.RUNNING || state == State.PAUSED;
  }

  private ReloadException untimely() {
    return new ReloadException(
        ReloadException.Kind.UNTIMELY, List.of("the pool is " + lifecycle.state().label()));
  }

  private Future<Void> step(Loop loop, Move move, Deque<Move> done) {
    if (!runs()) {
      return Future.failedFuture(untimely());
    }
    LOG.info("reload: {} {}", move.pipeline(), move.kind().label());
    done.push(move);
    return carryOut(loop, move);
  }

  private Future<Void> carryOut(Loop loop, Move move) {
    return switch (move.kind()) {
      case REMOVED -> consumers.retire(move.pipeline());
      case ADDED -> begin(loop, Objects.requireNonNull(move.after()));
      case LIMITED -> limit(loop, Objects.requireNonNull(move.after()));
      case RESTARTED ->
          consumers
              .retire(move.pipeline())
              .compose(gone -> begin(loop, Objects.requireNonNull(move.after())));
    };
  }

  /** Nothing ends by it, so that nothing is waited for; a loop that hangs obeys when it turns. */
  private Future<Void> limit(Loop loop, Pipeline pipeline) {
    Promise<Void> taken = Promise.promise();
    TimeLimit.await(
        loop,
        () -> consumers.limit(pipeline),
        OBEDIENCE,
        new TimeLimit.Ends<>(
            taken::handle,
            () -> {
              LOG.warn("{}: a loop does not answer, and has its new limits later", pipeline);
              taken.complete();
            },
            late -> {}));
    return taken.future();
  }

  private Future<Void> begin(Loop loop, Pipeline pipeline) {
    if (!runs()) {
      return Future.failedFuture(untimely());
    }
    Promise<Void> begun = Promise.promise();
    TimeLimit.await(
        loop,
        () -> consumers.deploy(pipeline),
        longestStart,
        new TimeLimit.Ends<>(
            begun::handle,
            () ->
                begun.fail(
                    new TimeoutException(
                        pipeline + " did not consume within " + longestStart.toMillis() + " ms")),
            late -> {}));
    return begun.future();
  }

  /** The last move first, which may be half done: each way back begins by clearing the place. */
  private Future<Void> takeBack(Loop loop, Deque<Move> done, Throwable failure) {
    if (!runs()) {
      return Future.failedFuture(untimely());
    }
    Future<Void> back = Future.succeededFuture();
    for (Move move : done) {
      back = back.compose(before -> carryOut(loop, move.undone()));
    }
    String error = "not applied, and taken back: " + failure.getMessage();
    return back.transform(
        result -> {
          if (result.failed() && runs()) {
            LOG.error("a reload could not be taken back", result.cause());
            drain.accept(
                new Trigger(
                    Trigger.Kind.RELOAD_FAILED,
                    "a reload failed, and going back failed: " + result.cause().getMessage()));
          }
          return Future.failedFuture(
              new ReloadException(ReloadException.Kind.FAILED, error, failure));
        });
  }
}
