package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.PhaseHook;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.observe.PoolEvents;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a pool was built with.
 *
 * @param identity who it is
 * @param configSha256 of the effective configuration; "" where built by code
 * @param pipelines by name, in their order
 * @param drain how it stops
 * @param startupDeadline how long brokers and stores may stay away at the start; zero for ever
 * @param readers of its events
 * @param clientMeters where the clients of brokers show what they count
 * @param telemetry what starts first and is stopped in the phase flush-telemetry
 * @param shared what users added for all pipelines, stopped in the phase close-stores
 * @param hooks what users have done in the phases
 * @param witnesses of its drain
 * @param servers what starts before the consumers and is stopped in the phase close-runtime
 */
record PoolSettings(
    PoolIdentity identity,
    String configSha256,
    Map<String, Pipeline> pipelines,
    DrainConfig drain,
    Duration startupDeadline,
    List<PoolEvents> readers,
    ClientMeters clientMeters,
    List<Resource> telemetry,
    List<Resource> shared,
    List<PhaseHook> hooks,
    List<Function<Tailrace, DrainWitness>> witnesses,
    List<Function<Tailrace, Resource>> servers) {}
