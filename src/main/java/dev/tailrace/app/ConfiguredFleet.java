package dev.tailrace.app;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.redis.fleet.RedisFleetRegistry;
import dev.tailrace.source.UnfitException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fleet that a configuration names, for those who look at it from outside. Thread-safe. */
public final class ConfiguredFleet {
  private static final long PATIENCE_SECONDS = 5;

  private final String name;
  private final FleetRegistryFactory factory;

  private ConfiguredFleet(String name, FleetRegistryFactory factory) {
    this.name = name;
    this.factory = factory;
  }

  /** Reads it; empty where the configuration names no registry. */
  public static Optional<ConfiguredFleet> read(EffectiveConfig config) throws ConfigException {
    ConfigSection root = config.root();
    FleetRegistryFactory registry = registry(root);
    return registry == null
        ? Optional.empty()
        : Optional.of(new ConfiguredFleet(root.text("name"), registry));
  }

  static @Nullable FleetRegistryFactory registry(ConfigSection root) throws ConfigException {
    return root.section("fleet").choice("registry").equals("redis")
        ? RedisFleetRegistry.read(root)
        : null;
  }

  /**
   * Who is in the fleet now, by instance.
   *
   * @return fails with {@link UnfitException} where the registry does not answer or refuses
   */
  public Future<List<FleetMember>> members(Vertx vertx) {
    return steered(vertx, Duration.ZERO, FleetSteering::members);
  }

  /**
   * Orders processes to do something, all at once, and waits until they have.
   *
   * @param instances who is meant; everybody where it is empty
   * @param patience how long each may take
   * @return what became of each; fails as {@link #members} does, with {@link
   *     NoSuchElementException} where one is not there, and with {@link IllegalStateException}
   *     where processes are to end while somebody else leads the fleet
   */
  public Future<List<FleetAnswer>> order(
      Vertx vertx, FleetOrder.Verb verb, List<String> instances, Duration patience) {
    return steered(
        vertx,
        patience,
        instances,
        (steering, some) ->
            verb == FleetOrder.Verb.DRAIN
                ? steering.leading(() -> steering.order(verb, some))
                : steering.order(verb, some));
  }

  /**
   * Has processes replaced one after the other, and leads the fleet meanwhile; ends with the first
   * that does not drain cleanly, is not followed by another one, or leaves the fleet behind.
   *
   * @param instances who is meant, in this order; everybody where it is empty
   * @param patience how long each step may take
   * @param progress told of each process when it is done with, on a loop of its own
   * @return what became of each that was tried; fails as {@link #order} does
   */
  public Future<List<FleetAnswer>> roll(
      Vertx vertx, List<String> instances, Duration patience, Consumer<FleetAnswer> progress) {
    return steered(
        vertx,
        patience,
        instances,
        (steering, some) -> new FleetRoll(steering, progress).run(some));
  }

  /** With those of the fleet that are named, or all. */
  private Future<List<FleetAnswer>> steered(
      Vertx vertx,
      Duration patience,
      List<String> instances,
      BiFunction<FleetSteering, List<FleetMember>, Future<List<FleetAnswer>>> work) {
    return steered(
        vertx,
        patience,
        steering ->
            steering
                .members()
                .compose(all -> chosen(all, instances))
                .compose(some -> work.apply(steering, some)));
  }

  private static Future<List<FleetMember>> chosen(List<FleetMember> all, List<String> instances) {
    if (instances.isEmpty()) {
      return Future.succeededFuture(all);
    }
    List<FleetMember> chosen = new ArrayList<>();
    for (String instance : instances) {
      List<FleetMember> its = all.stream().filter(one -> one.instance().equals(instance)).toList();
      if (its.isEmpty()) {
        return Future.failedFuture(
            new NoSuchElementException("there is no instance '" + instance + "' in the fleet"));
      }
      chosen.addAll(its);
    }
    return Future.succeededFuture(chosen);
  }

  private <T> Future<T> steered(
      Vertx vertx, Duration patience, Function<FleetSteering, Future<T>> work) {
    ControlLoop loop = new ControlLoop(vertx);
    return loop.turn(
            own -> {
              FleetRegistry registry = factory.registry(own, name);
              String by =
                  "process %d on %s"
                      .formatted(ProcessHandle.current().pid(), PoolIdentity.defaultInstance());
              return registry
                  .open()
                  .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  .recover(away -> Future.failedFuture(silent(away)))
                  .compose(open -> work.apply(new FleetSteering(own, registry, patience, by)))
                  .eventually(registry::close);
            })
        .transform(answer -> loop.end().transform(ended -> settled(answer)));
  }

  static UnfitException silent(@Nullable Throwable cause) {
    return new UnfitException("the registry of the fleet does not answer: " + cause);
  }

  private static <T> Future<T> settled(AsyncResult<T> result) {
    return result.succeeded()
        ? Future.succeededFuture(result.result())
        : Future.failedFuture(result.cause());
  }
}
