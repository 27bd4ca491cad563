package dev.tailrace.app;

import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;

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
   */
  record Parts(Consumers consumers, PoolResources resources) {}

  @Override
  public Future<String> unready() {
    return Future.succeededFuture("");
  }

  @Override
  public void intakeClosed() {
    Trigger trigger = drain.trigger();
    events.drainBegin(trigger.kind().label(), trigger.reason());
  }

  @Override
  public Future<String> flushTelemetry(Duration budget) {
    events.drainEnd(drain.reportSoFar().result().label());
    return parts.resources().stopTelemetry(loop, budget);
  }

  @Override
  public Future<String> closeRuntime(Duration budget) {
    drained.tryComplete(drain.reportSoFar());
    Future<String> servers = parts.resources().stopServers(loop, budget);
    return Future.join(parts.consumers().undeploy(), servers).compose(both -> servers);
  }
}
