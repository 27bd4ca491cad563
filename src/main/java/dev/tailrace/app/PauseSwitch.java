package dev.tailrace.app;

import dev.tailrace.lifecycle.IllegalMoveException;
import dev.tailrace.lifecycle.Lifecycle;
import dev.tailrace.lifecycle.State;
import io.vertx.core.Future;
import java.util.NoSuchElementException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds intake back and lets it in again, for a whole pool and for each pipeline by itself; both
 * must let in. Control loop only: so orders take effect in the order in which they came.
 *
 * @param lifecycle of the pool
 * @param consumers whose intake it is
 */
record PauseSwitch(Lifecycle lifecycle, Consumers consumers) {
  private static final Logger LOG = LoggerFactory.getLogger(PauseSwitch.class);
  private static final String POOL = "pool";
  private static final String PIPELINE = "pipeline";

  Future<Void> pause(String reason) {
    lifecycle.transition(State.PAUSED, reason);
    return consumers.pause(null, POOL, reason);
  }

  Future<Void> resume(String reason) {
    lifecycle.transition(State.RUNNING, reason);
    return consumers.resume(null, POOL);
  }

  Future<Void> pausePipeline(String pipeline, String reason) {
    requireSteerable(pipeline, State.PAUSED);
    LOG.info("{} paused: {}", pipeline, reason);
    return consumers.pause(pipeline, PIPELINE, reason);
  }

  Future<Void> resumePipeline(String pipeline, String reason) {
    requireSteerable(pipeline, State.RUNNING);
    LOG.info("{} resumed: {}", pipeline, reason);
    return consumers.resume(pipeline, PIPELINE);
  }

  private void requireSteerable(String pipeline, State wish) {
    Set<String> pipelines = consumers.pipelines().keySet();
    if (!pipelines.contains(pipeline)) {
      throw new NoSuchElementException(
          "there is no pipeline '" + pipeline + "', but " + String.join(", ", pipelines));
    }
    State now = lifecycle.state();
    if (now != State.RUNNING && now != State.PAUSED) {
      throw new IllegalMoveException(now, wish);
    }
  }
}
