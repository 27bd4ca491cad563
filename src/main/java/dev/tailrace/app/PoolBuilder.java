package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.FleetRegistryFactory;
import dev.tailrace.lifecycle.PhaseHook;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.source.SourceConflict;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Tailrace}; by {@link Tailrace#builder}. Not thread-safe. */
public final class PoolBuilder {
  private final Vertx vertx;
  private final Map<String, Pipeline> pipelines = new LinkedHashMap<>();
  private final List<PoolEvents> readers = new ArrayList<>();
  private final List<Resource> telemetry = new ArrayList<>();
  private final List<Function<Tailrace, DrainWitness>> witnesses = new ArrayList<>();
  private final List<Function<Tailrace, Resource>> servers = new ArrayList<>();
  private final List<Resource> shared = new ArrayList<>();
  private final List<PhaseHook> hooks = new ArrayList<>();
  private ClientMeters clientMeters = ClientMeters.NONE;
  private @Nullable PoolIdentity identity;
  private String configSha256 = "";
  private DrainConfig drain = DrainConfig.DEFAULT;
  private Duration startupDeadline = Duration.ofSeconds(60);

  PoolBuilder(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Who it is; by default named {@code tailrace}, the instance as the host. */
  public PoolBuilder identity(PoolIdentity who) {
    identity = who;
    return this;
  }

  /**
   * Adds a pipeline.
   *
   * @throws IllegalArgumentException where one of this name is there already, or one that reads the
   *     same for the same group
   */
  public PoolBuilder add(Pipeline pipeline) {
    for (Pipeline earlier : pipelines.values()) {
      pipeline
          .source()
          .conflict(earlier.source(), earlier.name())
          .filter(SourceConflict::fatal)
          .ifPresent(
              conflict -> {
                throw new IllegalArgumentException(
                    pipeline.name() + ": " + conflict.key() + " " + conflict.problem());
              });
    }
    if (pipelines.putIfAbsent(pipeline.name(), pipeline) != null) {
      throw new IllegalArgumentException("two pipelines are named " + pipeline.name());
    }
    return this;
  }

  /** How long a drain may take, and what it does; {@link DrainConfig#DEFAULT} by default. */
  public PoolBuilder drain(DrainConfig config) {
    drain = config;
    return this;
  }

  /** How long brokers and stores may stay away at the start; zero for ever, default 60 s. */
  public PoolBuilder startupDeadline(Duration deadline) {
    startupDeadline = deadline;
    return this;
  }

  /** SHA-256 of the effective configuration, for status and report. */
  public PoolBuilder configSha256(String sha256) {
    configSha256 = sha256;
    return this;
  }

  /** Adds a reader of the pool's events, of all its pipelines. */
  public PoolBuilder events(PoolEvents reader) {
    readers.add(reader);
    return this;
  }

  /** Where the clients of brokers show what they count; nowhere by default. */
  public PoolBuilder clientMeters(ClientMeters meters) {
    clientMeters = meters;
    return this;
  }

  /** Adds a resource that starts first and is stopped in the phase {@code flush-telemetry}. */
  public PoolBuilder telemetry(Resource resource) {
    telemetry.add(resource);
    return this;
  }

  /**
   * Has the pool be seen in a fleet, from its start until its drain ends.
   *
   * @param obeys whether it does what the fleet is ordered to
   */
  public PoolBuilder fleet(FleetRegistryFactory registry, boolean obeys) {
    Map<Tailrace, FleetPresence> presence = new HashMap<>(); // one builder, one pool
    Function<Tailrace, FleetPresence> made =
        pool -> presence.computeIfAbsent(pool, its -> new FleetPresence(its, registry, obeys));
    witnesses.add(made::apply);
    servers.add(made::apply);
    return this;
  }

  /**
   * Adds something that pipelines share, as a database pool: started before any consumer, each
   * after what it depends on, and stopped in the phase {@code close-stores}, when every consumer
   * has closed, in the reverse order, independent ones side by side. One that hangs costs its
   * budget, and is named in the report. The start fails, with the path, where they depend on each
   * other in a circle.
   */
  public PoolBuilder resource(Resource resource) {
    shared.add(resource);
    return this;
  }

  /** Has something done in a phase of the drain, beside the phase's own work. */
  public PoolBuilder onStop(PhaseHook hook) {
    hooks.add(hook);
    return this;
  }

  /** Adds a witness of the pool's drain. */
  public PoolBuilder witness(Function<Tailrace, DrainWitness> witness) {
    witnesses.add(witness);
    return this;
  }

  /** Adds a server of the pool; it starts before the consumers and ends in close-runtime. */
  public PoolBuilder server(Function<Tailrace, Resource> server) {
    servers.add(server);
    return this;
  }

  /** The pool, not started. */
  public Tailrace build() {
    PoolIdentity who =
        identity != null ? identity : PoolIdentity.of("tailrace", PoolIdentity.defaultInstance());
    return new Tailrace(
        vertx,
        new PoolSettings(
            who,
            configSha256,
            Collections.unmodifiableMap(new LinkedHashMap<>(pipelines)),
            drain,
            startupDeadline,
            List.copyOf(readers),
            clientMeters,
            List.copyOf(telemetry),
            List.copyOf(shared),
            List.copyOf(hooks),
            List.copyOf(witnesses),
            List.copyOf(servers)));
  }
}
