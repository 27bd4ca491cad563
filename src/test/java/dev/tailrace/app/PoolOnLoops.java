package dev.tailrace.app;

import dev.tailrace.dispatch.Solitude;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.DrainPhase;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.ResourceUse;
import dev.tailrace.message.SharedResource;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool as {@link Tailrace} wires it, on loops that are given in place of Vert.x: the same
 * consumers, the same drain and the same plan, without verticles and servers. For simulations.
 */
public final class PoolOnLoops {
  private final PoolIdentity identity;
  private final Pipeline pipeline;
  private final DrainConfig config;
  private final Loop control;
  private final PoolEvents events;
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<ConsumerDrain> drains = new ArrayList<>();
  private final Solitude solitude = new Solitude();
  private @Nullable Drain drain;

  /**
   * Begins a pool without consumers.
   *
   * @param control the loop that runs the drain
   * @param events hears of the drain's begin and end
   */
  public PoolOnLoops(
      PoolIdentity identity,
      Pipeline pipeline,
      DrainConfig config,
      Loop control,
      PoolEvents events) {
    this.identity = identity;
    this.pipeline = pipeline;
    this.config = config;
    this.control = control;
    this.events = events;
  }

  /** Makes the next consumer, in a turn of its loop, and opens it. */
  public Future<Void> open(Loop loop, PoolEvents consumerEvents) {
    int index = consumers.size();
    Seat seat =
        new Seat(
            pipeline,
            index,
            pipeline.source().consumers(),
            identity,
            consumerEvents,
            ClientMeters.NONE,
            solitude,
            false);
    Consumer consumer = NoVertx.consumer(seat, loop);
    consumer.announce();
    consumers.add(consumer);
    ConsumerDrain mine = new ConsumerDrain(seat.name(), Future.succeededFuture(consumer));
    mine.take();
    drains.add(mine);
    return consumer.open();
  }

  /** The counts of one consumer; in a turn of its loop. */
  public MessageCounts counts(int consumer) {
    return consumers.get(consumer).counts();
  }

  /**
   * Changes the limits of all consumers while they go on, as a reload does.
   *
   * @param taken told when all go by them
   * @param kept told when none has more than the newest ones allow
   */
  public void change(PipelineLimits next, Runnable taken, Runnable kept) {
    LiveLimits change = new LiveLimits(next, consumers);
    change.kept().onSuccess(within -> kept.run());
    change.run().onSuccess(all -> taken.run());
  }

  /** Holds the intake of one consumer back, in a turn of its loop. */
  public Future<Void> pause(int consumer) {
    return consumers.get(consumer).pause("simulation", "by choice");
  }

  /** Takes that back, in a turn of its loop. */
  public void resume(int consumer) {
    consumers.get(consumer).resume("simulation");
  }

  /** Stops everything in the nine phases; in a turn of the control loop. Called once. */
  public Future<DrainReport> drain() {
    Trigger trigger = new Trigger(Trigger.Kind.SIGTERM, "signal");
    Drain begun =
        new Drain(
            new Drain.Subject(identity, "", config, pipeline.timeout(), 0),
            trigger,
            new Drain.Clock(control::wall, control::nanos));
    drain = begun;
    ShutdownPlan plan = new ShutdownPlan(drains, begun.budget(), new Surroundings(begun));
    return begun.run(control, plan);
  }

  /** Cuts the drain short. */
  public void force() {
    Drain running = drain;
    if (running != null && running.report() == null) {
      running.force("second signal");
    }
  }

  private final class Surroundings implements ShutdownPlan.Surroundings {
    private final Drain mine;

    Surroundings(Drain mine) {
      this.mine = mine;
    }

    @Override
    public Future<String> unready(Duration budget) {
      return Future.succeededFuture("");
    }

    @Override
    public void intakeClosed() {
      events.drainBegin(mine.trigger().kind().label(), mine.trigger().reason());
    }

    @Override
    public Future<String> flushTelemetry(Duration budget) {
      events.drainEnd(mine.reportSoFar().result().label());
      return Future.succeededFuture("");
    }

    @Override
    public Future<String> closeRuntime(Duration budget) {
      return Future.succeededFuture("");
    }
  }

  record NoVertx(String pipeline, HandlerResources resources) implements HandlerEnvironment {
    /** A consumer whose handlers share nothing with others. */
    static Consumer consumer(Seat seat, Loop loop) {
      HandlerResources resources =
          new HandlerResources(seat.name(), loop, SharedResources.on(loop));
      NoVertx setting = new NoVertx(seat.pipeline().name(), resources);
      return new Consumer(seat, setting, resources, loop, () -> Future.succeededFuture(0));
    }

    @Override
    public <T> ResourceUse<T> resource(SharedResource<T> resource) {
      return resources.use(resource);
    }

    @Override
    public void onStop(DrainPhase phase, String name, Duration budget, Supplier<Future<?>> work) {
      resources.onStop(phase, name, budget, work);
    }

    @Override
    public Vertx vertx() {
      throw new UnsupportedOperationException("there is no Vert.x in a simulation");
    }

    @Override
    public JsonObject config() {
      return new JsonObject();
    }
  }
}
