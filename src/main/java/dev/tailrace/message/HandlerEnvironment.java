package dev.tailrace.message;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a handler may use while it is made and started: the Vert.x instance, its own configuration,
 * and what it shares with others. Belongs to the event loop of its consumer.
 */
public interface HandlerEnvironment {
  /** The Vert.x instance of the consumer; clients made here belong to its event loop. */
  Vertx vertx();

  /** The name of the pipeline. */
  String pipeline();

  /** The section {@code handler.java.config}, empty where there is none. */
  JsonObject config();

  /**
   * Declares that the handler uses something that it shares with other consumers and pipelines of
   * its pool. What a factory declares is open before {@link HandlerShape#start} is called; what
   * {@code start} declares, before the first message. It closes when all handlers that use it have
   * stopped, in the phase {@code close-stores} of their drain.
   *
   * @throws IllegalStateException once the handler has started, and for more than 64
   * @throws IllegalArgumentException where the handler has declared one of this name before, or
   *     none of a name that this one depends on
   */
  <T> ResourceUse<T> resource(SharedResource<T> resource);

  /**
   * Has something done in a phase of each drain of this consumer, beside the phase's own work: of
   * the whole pool, or of its pipeline alone, by an undeployment or a reload. What hangs costs its
   * budget, and what fails costs nothing; both are named in the report, and change neither its
   * result nor the exit code.
   *
   * @param name for the report
   * @param budget how long it may take, more than zero; never longer than the phase has
   * @param work called on the consumer's event loop; must not block
   * @throws IllegalStateException once the handler has started, and for more than 64
   */
  void onStop(DrainPhase phase, String name, Duration budget, Supplier<Future<?>> work);
}
