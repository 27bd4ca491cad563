package dev.tailrace.app;

import dev.tailrace.dispatch.Solitude;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.runtime.VertxLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of a pipeline as a verticle, to be deployed once, on an event loop. It works alone
 * in any Vert.x application: it consumes when its deployment completes, and undeploying it is a
 * full drain of its source, with a report in the log, within {@link DrainConfig#DEFAULT} or the
 * configuration given. Deployed alone it has all of its pipeline's limits.
 *
 * <p>The deployment fails where its broker or store is unfit; while they are away it goes on
 * trying.
 */
public final class ConsumerVerticle extends VerticleBase {
  private final Seat seat;
  private final DrainConfig config;
  private final Map<String, String> pauses;
  private final boolean alone;
  private final @Nullable SharedResources shared;
  private final Promise<Consumer> made = Promise.promise();
  private final Promise<Void> opening = Promise.promise();
  private final ConsumerDrain drain;
  private final AtomicReference<@Nullable Drain> own = new AtomicReference<>();

  /** The only consumer of a pipeline, in an application of its own. */
  public ConsumerVerticle(Pipeline pipeline) {
    this(pipeline, DrainConfig.DEFAULT);
  }

  /** As above, with a drain of its own. */
  public ConsumerVerticle(Pipeline pipeline, DrainConfig drain) {
    this(
        new Seat(
            pipeline,
            0,
            1,
            PoolIdentity.of(pipeline.name(), PoolIdentity.defaultInstance()),
            new PoolEventsFanOut(pipeline.readers()),
            ClientMeters.NONE,
            new Solitude(),
            false),
        drain,
        Map.of(),
        null);
  }

  /**
   * A consumer of a pool.
   *
   * @param pauses for which reasons its intake is held back from the start, by who gave them
   * @param shared what the handlers of the pool share; null where the consumer is alone
   */
  ConsumerVerticle(
      Seat seat, DrainConfig config, Map<String, String> pauses, @Nullable SharedResources shared) {
    this.seat = seat;
    this.config = config;
    this.pauses = Map.copyOf(pauses);
    this.alone = shared == null;
    this.shared = shared;
    this.drain = new ConsumerDrain(seat.name(), made.future());
  }

  /** Completes when the source consumes, or waits to be assigned something. */
  @Override
  public Future<?> start() {
    try {
      Pipeline pipeline = seat.pipeline();
      VertxLoop loop = new VertxLoop();
      HandlerResources resources =
          new HandlerResources(
              seat.name(), loop, shared == null ? SharedResources.on(loop) : shared);
      Consumer consumer =
          new Consumer(
              seat,
              new HandlerSetting(
                  vertx, pipeline.name(), pipeline.handlerConfig().copy(), resources),
              resources,
              loop,
              () -> loop.close(Duration.ZERO));
      consumer.announce();
      pauses.forEach(consumer::pause);
      made.complete(consumer);
      drain
          .closed()
          .onComplete(
              gone -> opening.tryFail(new CancellationException("drained before it consumed")));
      consumer.open().onSuccess(opened -> opening.tryComplete()).onFailure(opening::tryFail);
    } catch (RuntimeException | LinkageError | AssertionError failure) {
      // Or whoever drains this would wait for it until the deadline.
      made.fail(failure);
      opening.fail(failure);
    }
    return opening.future();
  }

  /**
   * Drains the source and completes when everything is closed; never fails. Where a pool drains
   * already, that drain is joined.
   */
  @Override
  public Future<?> stop() {
    if (!drain.take()) {
      return drain.closed();
    }
    Trigger trigger = new Trigger(Trigger.Kind.UNDEPLOY, "undeployed " + seat.name());
    Drain mine =
        new Drain(
            new Drain.Subject(seat.identity(), "", config, seat.pipeline().timeout(), 0), trigger);
    own.set(mine);
    ShutdownPlan plan = new ShutdownPlan(List.of(drain), mine.budget(), new Alone(mine));
    return made.future()
        .transform(
            consumer ->
                consumer.succeeded()
                    ? mine.run(consumer.result().loop(), plan).mapEmpty()
                    : Future.succeededFuture());
  }

  /** The report of the drain by its undeployment; empty before it is over. Safe on any thread. */
  public Optional<DrainReport> report() {
    return Optional.ofNullable(own.get()).map(Drain::report);
  }

  Seat seat() {
    return seat;
  }

  /** The consumer, once the verticle has started; failed where it could not be made. */
  Future<Consumer> consumer() {
    return made.future();
  }

  /** Whether the source has been opened. */
  boolean opened() {
    return opening.future().succeeded();
  }

  /** Its drain, begun or not. */
  ConsumerDrain drain() {
    return drain;
  }

  /**
   * What surrounds the drain of one consumer; in a pool that goes on, the pool's drain has not
   * begun.
   */
  private final class Alone implements ShutdownPlan.Surroundings {
    private final Drain mine;

    Alone(Drain mine) {
      this.mine = mine;
    }

    @Override
    public Future<String> unready(Duration budget) {
      return Future.succeededFuture("");
    }

    @Override
    public void intakeClosed() {
      if (alone) {
        Trigger trigger = mine.trigger();
        seat.events().drainBegin(trigger.kind().label(), trigger.reason());
      }
    }

    @Override
    public Future<String> flushTelemetry(Duration budget) {
      if (alone) {
        seat.events().drainEnd(mine.reportSoFar().result().label());
      }
      return Future.succeededFuture("");
    }

    @Override
    public Future<String> closeRuntime(Duration budget) {
      return Future.succeededFuture("");
    }
  }
}
