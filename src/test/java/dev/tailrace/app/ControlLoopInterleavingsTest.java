package dev.tailrace.app;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever gives the first orders at once, there is one loop. */
final class ControlLoopInterleavingsTest {
  @Test
  void oneLoopIsDeployedForAllOrders() {
    Interleavings.ofStory(
        "ControlLoop",
        () -> {
          AtomicInteger deployed = new AtomicInteger();
          Vertx vertx = SilentVertx.counting(deployed);
          ControlLoop control = new ControlLoop(vertx);
          Runnable order =
              () -> {
                Future<String> unused = control.turn(loop -> Future.succeededFuture(""));
              };
          Race.between(order, order);
          Race.require(deployed.get() == 1, deployed + " loops");
          Race.require(!control.end().isComplete(), "ended before its loop is there");
        });
  }
}
