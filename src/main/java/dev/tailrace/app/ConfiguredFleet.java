package dev.tailrace.app;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.redis.RedisFleetRegistry;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    ControlLoop loop = new ControlLoop(vertx);
    return loop.turn(
            own -> {
              FleetRegistry registry = factory.registry(own, name);
              return registry
                  .open()
                  .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  .compose(open -> registry.members())
                  .transform(said -> registry.close().transform(closed -> answer(said)));
            })
        .transform(members -> loop.end().transform(ended -> settled(members)));
  }

  private static Future<List<FleetMember>> answer(AsyncResult<Reply<List<String>>> said) {
    if (said.succeeded() && said.result() instanceof Reply.Ok<List<String>> ok) {
      return Future.succeededFuture(
          ok.value().stream()
              .map(one -> FleetMember.of(new JsonObject(one)))
              .sorted(Comparator.comparing(FleetMember::instance))
              .toList());
    }
    Throwable cause = said.failed() ? said.cause() : said.result().cause();
    return Future.failedFuture(
        new UnfitException("the registry of the fleet does not answer: " + cause));
  }

  private static <T> Future<T> settled(AsyncResult<T> result) {
    return result.succeeded()
        ? Future.succeededFuture(result.result())
        : Future.failedFuture(result.cause());
  }
}
