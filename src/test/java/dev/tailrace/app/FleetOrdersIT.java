package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a fleet is ordered to, its members do. Each is a pool with all that a process has of one;
 * {@code FleetRollIT} has processes.
 */
final class FleetOrdersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final String name = Servers.uniqueName("orders");
  private final List<Tailrace> pools = new ArrayList<>();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void whatIsPausedByOrderIsResumedAndDrainedByOrderAndOneAlone() throws Exception {
    servers.createTopic(name, 6);
    EffectiveConfig config = read();
    ConfiguredFleet fleet = ConfiguredFleet.read(config).orElseThrow();
    for (String instance : List.of("a", "b")) {
      PoolBuilder builder = Tailrace.builder(vertx).identity(PoolIdentity.of(name, instance));
      ConfiguredPool.read(config).accept(builder);
      pools.add(builder.build());
    }
    pools.forEach(Tailrace::start);
    await().atMost(PATIENCE).until(() -> running(fleet) == 2);

    Future<List<FleetAnswer>> paused =
        fleet.order(vertx, FleetOrder.Verb.PAUSE, List.of("b"), PATIENCE);
    assertThat(Results.result(paused)).singleElement().matches(FleetAnswer::done);
    assertThat(pools)
        .extracting(Tailrace::state)
        .containsExactlyInAnyOrder(State.RUNNING, State.PAUSED);
    assertThat(Results.result(order(fleet, FleetOrder.Verb.RESUME)))
        .hasSize(2)
        .allMatch(FleetAnswer::done);
    assertThat(pools).extracting(Tailrace::state).containsOnly(State.RUNNING);
    assertThat(Results.result(order(fleet, FleetOrder.Verb.DRAIN)))
        .hasSize(2)
        .allMatch(FleetAnswer::done);
    await().atMost(PATIENCE).until(() -> reports().size() == 2);
    assertThat(reports()).allMatch(report -> report.exitCode() == 0);
  }

  private Future<List<FleetAnswer>> order(ConfiguredFleet fleet, FleetOrder.Verb verb) {
    return fleet.order(vertx, verb, List.of(), PATIENCE);
  }

  private List<DrainReport> reports() {
    return pools.stream().flatMap(pool -> pool.report().stream()).toList();
  }

  private long running(ConfiguredFleet fleet) throws Exception {
    return Results.result(fleet.members(vertx)).stream()
        .filter(one -> one.is(State.RUNNING) && !one.assignments().isEmpty())
        .count();
  }

  private EffectiveConfig read() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("tailrace.yaml"),
            """
            name: %1$s
            kafka: {bootstrap.servers: "%2$s"}
            redis: {url: "%3$s"}
            fleet: {registry: redis}
            pipelines:
              - name: work
                source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
                handler: {log: {}}
            """
                .formatted(name, servers.kafka().bootstrap(), servers.redis().url()));
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return new ConfigLoader(PoolSchema.schema()).load(inputs);
  }
}
