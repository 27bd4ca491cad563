package dev.tailrace.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.lifecycle.ResourceGraph.Stopped;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Resources start after what they need, and go before it. */
final class ResourceGraphTest {
  private static final Duration BUDGET = Duration.ofSeconds(4);

  private final Simulation simulation = Simulation.seeded(5);
  private final SimulatedLoop loop = simulation.loop("graph");
  private final List<String> log = new ArrayList<>();

  @Test
  void resourcesStartAfterWhatTheyNeedAndStopBeforeIt() {
    ResourceGraph graph =
        graph(
            resource("handler", Set.of("store", "sink")),
            resource("store", Set.of("connection")),
            resource("sink", Set.of()),
            resource("connection", Set.of()));

    await(() -> graph.start(BUDGET));
    assertThat(log).containsSubsequence("start connection", "start store", "start handler");
    assertThat(log).containsSubsequence("start sink", "start handler").hasSize(4);

    log.clear();
    List<Stopped> stopped = await(() -> graph.stop(BUDGET));
    assertThat(log).startsWith("stop handler").containsSubsequence("stop store", "stop connection");
    assertThat(stopped).hasSize(4).allMatch(Stopped::clean);
  }

  @Test
  void independentResourcesStopInParallel() {
    Promise<Void> slow = Promise.promise();
    ResourceGraph graph =
        graph(
            new Recorded("slow", Set.of(), Future::succeededFuture, slow::future),
            resource("other", Set.of()));

    Future<List<Stopped>> stopped = begin(() -> graph.stop(BUDGET));
    simulation.runUntil(() -> log.contains("stop other"));

    assertThat(stopped.isComplete()).isFalse();
    slow.complete();
    assertThat(simulation.await(stopped)).allMatch(Stopped::clean);
  }

  @Test
  void oneThatHangsCostsItsShareAndItsNameAndNoMore() {
    ResourceGraph graph =
        graph(
            resource("connection", Set.of()),
            new Recorded(
                "stuck",
                Set.of("connection"),
                Future::succeededFuture,
                () -> Promise.<Void>promise().future()));

    List<Stopped> stopped = await(() -> graph.stop(BUDGET));

    assertThat(stopped)
        .filteredOn(Stopped::overran)
        .extracting(Stopped::name)
        .containsOnly("stuck");
    assertThat(log).endsWith("stop connection");
    assertThat(Duration.ofNanos(simulation.nanos()))
        .isBetween(BUDGET.dividedBy(2), BUDGET.dividedBy(2).plusMillis(50));
  }

  /**
   * Four handlers on three clients each of four pools, of which one hangs, on one set of secrets.
   */
  @Test
  void ofTwelveOneThatHangsCostsItsOwnBudgetAndEveryOtherIsReleasedInOrder() {
    List<Resource> twelve = new ArrayList<>(List.of(resource("secrets", Set.of())));
    for (int i = 0; i < 4; i++) {
      twelve.add(
          i == 2 ? hanging("pool-2", Set.of("secrets")) : resource("pool-" + i, Set.of("secrets")));
    }
    for (int i = 0; i < 3; i++) {
      twelve.add(resource("client-" + i, Set.of("pool-" + i, "pool-3")));
    }
    for (int i = 0; i < 4; i++) {
      twelve.add(resource("handler-" + i, Set.of("client-0", "client-1", "client-2")));
    }
    ResourceGraph graph = graph(twelve.toArray(Resource[]::new));

    List<Stopped> stopped = await(() -> graph.stop(Duration.ofHours(1)));

    assertThat(stopped).hasSize(12).filteredOn(one -> !one.clean()).hasSize(1);
    assertThat(stopped)
        .filteredOn(Stopped::overran)
        .extracting(Stopped::name)
        .containsOnly("pool-2");
    assertThat(Duration.ofNanos(simulation.nanos()))
        .as("the default budget, not a share of an hour")
        .isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_050));
    for (Resource one : twelve) {
      for (String needed : one.dependsOn()) {
        assertThat(log.indexOf("stop " + one.name())).isLessThan(log.indexOf("stop " + needed));
      }
    }
  }

  private Resource hanging(String name, Set<String> needs) {
    return new Recorded(
        name, needs, Future::succeededFuture, () -> Promise.<Void>promise().future());
  }

  @Test
  void oneThatFailsToStopIsNamedAndTheOthersStop() {
    ResourceGraph graph =
        graph(
            resource("connection", Set.of()),
            new Recorded(
                "broken",
                Set.of("connection"),
                Future::succeededFuture,
                () -> Future.failedFuture("cannot")));

    List<Stopped> stopped = await(() -> graph.stop(BUDGET));

    assertThat(stopped)
        .filteredOn(one -> one.failure() != null)
        .extracting(Stopped::name)
        .containsExactly("broken");
    assertThat(log).contains("stop connection");
  }

  @Test
  void aFailedStartTakesBackWhatWasStartedAndKeepsEveryFailure() {
    ResourceGraph graph =
        graph(
            new Recorded(
                "store",
                Set.of(),
                Future::succeededFuture,
                () -> Future.failedFuture("cannot stop")),
            new Recorded(
                "sink",
                Set.of("store"),
                () -> Future.failedFuture("cannot start"),
                Future::succeededFuture),
            resource("handler", Set.of("sink")));

    Future<Void> started = begin(() -> graph.start(BUDGET));
    simulation.runUntil(started::isComplete);

    Throwable failure = started.cause();
    assertThat(failure).hasMessage("cannot start");
    assertThat(failure.getSuppressed())
        .singleElement()
        .satisfies(other -> assertThat(other).hasMessage("cannot stop"));
    assertThat(log).contains("stop store").doesNotContain("start handler");
  }

  @Test
  void aCycleIsRefusedWithItsPath() {
    assertThatThrownBy(
            () ->
                graph(
                    resource("a", Set.of("b")),
                    resource("b", Set.of("c")),
                    resource("c", Set.of("b"))))
        .hasMessage("resources depend on themselves: b -> c -> b");
  }

  @Test
  void unknownAndDoubleNamesAreRefused() {
    assertThatThrownBy(() -> graph(resource("a", Set.of("nobody"))))
        .hasMessage("there is no resource nobody to depend on");
    assertThatThrownBy(() -> graph(resource("a", Set.of()), resource("a", Set.of())))
        .hasMessage("two resources are named a");
  }

  private ResourceGraph graph(Resource... resources) {
    return new ResourceGraph(loop, List.of(resources));
  }

  private Resource resource(String name, Set<String> needs) {
    return new Recorded(name, needs, Future::succeededFuture, Future::succeededFuture);
  }

  private <T> T await(Supplier<Future<T>> work) {
    return simulation.await(begin(work));
  }

  private <T> Future<T> begin(Supplier<Future<T>> work) {
    Promise<T> result = Promise.promise();
    loop.turn(() -> work.get().onComplete(result));
    return result.future();
  }

  /** Writes down when it was started and stopped. */
  private final class Recorded implements Resource {
    private final String name;
    private final Set<String> needs;
    private final Supplier<Future<Void>> starting;
    private final Supplier<Future<Void>> stopping;

    Recorded(
        String name,
        Set<String> needs,
        Supplier<Future<Void>> starting,
        Supplier<Future<Void>> stopping) {
      this.name = name;
      this.needs = needs;
      this.starting = starting;
      this.stopping = stopping;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Set<String> dependsOn() {
      return needs;
    }

    @Override
    public Future<Void> start() {
      log.add("start " + name);
      return starting.get();
    }

    @Override
    public Future<Void> stop(Duration deadline) {
      log.add("stop " + name);
      return stopping.get();
    }
  }
}
