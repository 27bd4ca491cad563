package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.PoolEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet of three under load is replaced one member after the other, and nobody notices. Each
 * member is a pool with all that a process has of one; {@code FleetRollCampaign} has processes.
 */
final class FleetRollIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST = 400_000;

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final String name = Servers.uniqueName("roll");
  private final KafkaProbe kafka = new KafkaProbe(servers.kafka());
  private final EffectLog effects = new EffectLog(Duration.ofMillis(20));
  private final AtomicInteger draining = new AtomicInteger();
  private final AtomicInteger mostDraining = new AtomicInteger();
  private final ExecutorService supervisor = Executors.newSingleThreadExecutor();
  private final Queue<Tailrace> pools = new ConcurrentLinkedQueue<>();
  private Optional<EffectiveConfig> config = Optional.empty(); // set before each test

  @BeforeEach
  void configure() throws Exception {
    SharedEffects.put(name, effects);
    servers.createTopic(name, 6);
    config = Optional.of(read());
  }

  @AfterEach
  void closeVertx() throws Exception {
    supervisor.shutdown();
    Results.result(vertx.close());
  }

  @Test
  void nothingIsLostNothingIsDoneTwiceAndNoTwoDrainAtOnce() throws Exception {
    ConfiguredFleet fleet = ConfiguredFleet.read(config.orElseThrow()).orElseThrow();
    List.of("a", "b", "c").forEach(this::supervise);
    await().atMost(PATIENCE).until(() -> running(fleet) == 3);

    Future<List<FleetAnswer>> rolled = fleet.roll(vertx, List.of(), PATIENCE, answer -> {});
    int written = 0;
    for (; !rolled.isComplete() && written < MOST; written += 100) {
      kafka.produce(name, written, 100, 500);
      Results.result(vertx.timer(100, TimeUnit.MILLISECONDS)); // no more than it can do
    }
    int all = written;
    assertThat(Results.result(rolled))
        .hasSize(3)
        .allMatch(FleetAnswer::done)
        .allMatch(answer -> answer.detail().startsWith("replaced by"));
    assertThat(mostDraining).as("drains at once").hasValue(1);
    assertThat(reports()).hasSize(3).allMatch(report -> report.exitCode() == 6);

    await().atMost(PATIENCE).until(() -> committed() == all);
    assertThat(Results.result(order(fleet, FleetOrder.Verb.DRAIN)))
        .hasSize(3)
        .allMatch(FleetAnswer::done);
    await().atMost(PATIENCE).until(() -> reports().size() == 6);
    assertThat(reports().subList(3, 6)).allMatch(report -> report.exitCode() == 0);
    assertThat(effects.size()).isEqualTo(all);
    assertThat(effects.repeated()).isEmpty();
  }

  @Test
  void whatIsPausedByOrderIsResumedByOrderAndOneAlone() throws Exception {
    ConfiguredFleet fleet = ConfiguredFleet.read(config.orElseThrow()).orElseThrow();
    List.of("a", "b").forEach(this::supervise);
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
    pools.forEach(Tailrace::close);
    await().atMost(PATIENCE).until(() -> reports().size() == 2);
  }

  private Future<List<FleetAnswer>> order(ConfiguredFleet fleet, FleetOrder.Verb verb) {
    return fleet.order(vertx, verb, List.of(), PATIENCE);
  }

  /** Starts a pool, and another one in its place where it ends with 6. */
  private void supervise(String instance) {
    try {
      PoolBuilder builder =
          Tailrace.builder(vertx).identity(PoolIdentity.of(name, instance)).events(new Drains());
      ConfiguredPool.read(config.orElseThrow()).accept(builder);
      Tailrace pool = builder.build();
      pools.add(pool);
      pool.start();
      pool.drained()
          .onSuccess(
              soFar -> {
                if (soFar.exitCode() == DrainReport.RESTART_EXIT) {
                  // On the loop of the pool it would be deployed as a child of it, and go with it.
                  supervisor.execute(
                      () -> {
                        await().atMost(PATIENCE).until(() -> pool.state() == State.STOPPED);
                        supervise(instance);
                      });
                }
              });
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private final class Drains implements PoolEvents {
    @Override
    public void state(String from, String to, String reason) {
      if (to.equals(State.DRAINING.label())) {
        mostDraining.accumulateAndGet(draining.incrementAndGet(), Math::max);
      } else if (to.equals(State.STOPPED.label())) {
        draining.decrementAndGet();
      }
    }
  }

  private List<DrainReport> reports() {
    return pools.stream().flatMap(pool -> pool.report().stream()).toList();
  }

  private long running(ConfiguredFleet fleet) throws Exception {
    return Results.result(fleet.members(vertx)).stream()
        .filter(one -> one.is(State.RUNNING) && !one.assignments().isEmpty())
        .count();
  }

  private long committed() throws Exception {
    return kafka.committed(name).values().stream().mapToLong(Long::longValue).sum();
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
                handler: {java: {class: dev.tailrace.app.SharedEffects, config: {log: %1$s}}}
            """
                .formatted(name, servers.kafka().bootstrap(), servers.redis().url()));
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return new ConfigLoader(PoolSchema.schema()).load(inputs);
  }
}
