package dev.tailrace.app;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The loop on which a pool starts, pauses and stops: a verticle that no message ever sees. Orders
 * given here are carried out one after the other. Thread-safe.
 */
final class ControlLoop implements SharedResources.Home {
  private final Vertx vertx;
  private final AtomicReference<@Nullable Promise<VertxLoop>> loop = new AtomicReference<>();
  private final Promise<String> deployment = Promise.promise();

  ControlLoop(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Runs an order in a turn, and completes with its answer; fails where Vert.x is closed. */
  @Override
  public <T> Future<T> turn(Function<Loop, Future<T>> order) {
    return loop()
        .compose(
            ready ->
                Future.future(promise -> ready.execute(() -> carryOut(ready, order, promise))));
  }

  private static <T> void carryOut(
      VertxLoop ready, Function<Loop, Future<T>> order, Promise<T> promise) {
    Future<T> answer;
    try {
      answer = order.apply(ready);
    } catch (RuntimeException failure) {
      answer = Future.failedFuture(failure);
    }
    answer.onComplete(promise);
  }

  /**
   * Undeploys the loop's verticle; never fails, and nothing where there is none. The first turns
   * may run before the verticle counts as deployed, so that this waits for it.
   */
  Future<Void> end() {
    return loop.get() == null
        ? Future.succeededFuture()
        : deployment.future().compose(vertx::undeploy).transform(gone -> Future.succeededFuture());
  }

  /** The loop; its verticle is deployed for the first caller. */
  private Future<VertxLoop> loop() {
    Promise<VertxLoop> mine = Promise.promise();
    Promise<VertxLoop> first = loop.compareAndExchange(null, mine);
    if (first != null) {
      return first.future();
    }
    vertx.deployVerticle(new Home()).onComplete(deployment).onFailure(mine::tryFail);
    return mine.future();
  }

  private final class Home extends VerticleBase {
    @Override
    public Future<?> start() {
      Promise<VertxLoop> waiting = loop.get();
      if (waiting != null) {
        waiting.complete(new VertxLoop());
      }
      return Future.succeededFuture();
    }
  }
}
