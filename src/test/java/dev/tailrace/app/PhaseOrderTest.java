package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseHook;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.source.ManualBroker;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The phases come in their order on every path, with what users have put into them. */
final class PhaseOrderTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(2);
  private final HeldHandler handler = new HeldHandler();
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final PoolBuilder builder =
      Tailrace.builder(vertx).add(Pipeline.named("orders").source(broker).handle(handler).build());

  PhaseOrderTest() {
    for (Phase phase : Phase.values()) {
      builder.onStop(recording(phase, Future.succeededFuture()));
    }
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void ofACleanDrain() throws Exception {
    handler.release();
    Tailrace pool = Results.result(builder.build().start());
    broker.produce(0, 5);
    await().until(() -> handler.started() == 5);

    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();

    assertInOrder();
  }

  @Test
  void ofAForcedDrain() throws Exception {
    Tailrace pool = Results.result(builder.build().start());
    broker.produce(0, 5);
    await().until(() -> handler.started() == 5);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    pool.force("SIGINT");

    assertThat(Results.result(draining).exitCode()).isEqualTo(4);
    assertInOrder();
  }

  @Test
  void ofADrainOfWhichEveryPhaseHangs() throws Exception {
    broker.hang("closeIntake").hang("flush").hang("giveBack").hang("close");
    Tailrace pool = Results.result(builder.drain(DrainConfig.within(SECOND)).build().start());
    broker.produce(0, 5);
    await().until(() -> handler.started() == 5);

    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isEqualTo(4);

    assertInOrder();
  }

  @Test
  void ofAStartThatFails() throws Exception {
    broker.answer("open", Future.failedFuture(new UnfitException("no topic orders")));
    Tailrace pool = builder.build();

    Future<Tailrace> starting = pool.start();
    await().until(starting::failed);

    assertInOrder();
  }

  @Test
  void ofAPoolThatNeverStarted() throws Exception {
    Results.result(builder.build().close());

    assertInOrder();
  }

  @Test
  void whatUsersShareIsOpenedBeforeTheConsumersAndClosedAfterThemInTheReverseOrder()
      throws Exception {
    Tailrace pool =
        builder
            .resource(resource("files", Set.of("pool"), Future.succeededFuture()))
            .resource(resource("pool", Set.of("secrets"), Future.succeededFuture()))
            .resource(resource("secrets", Set.of(), Future.succeededFuture()))
            .build();
    Results.result(pool.start());
    assertThat(order).containsExactly("start secrets", "start pool", "start files");
    order.clear();

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(order.subList(order.indexOf("close-stores") + 1, order.indexOf("flush-telemetry")))
        .containsExactly("stop files", "stop pool", "stop secrets");
    assertThat(report.errors()).isEmpty();
  }

  @Test
  void whatHangsOrFailsIsNamedAndHarmsNoOther() throws Exception {
    Future<Void> never = Promise.<Void>promise().future();
    Tailrace pool =
        builder
            .resource(resource("pool", Set.of(), Future.succeededFuture()))
            .resource(resource("files", Set.of("pool"), never))
            .onStop(new PhaseHook(Phase.SETTLE, "flush cache", Duration.ofMillis(50), () -> never))
            .onStop(recording(Phase.CLOSE_SOURCES, Future.failedFuture("no such file")))
            .build();
    Results.result(pool.start());

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.errors())
        .containsExactlyInAnyOrder(
            "settle: flush cache did not end in time",
            "close-sources: recorder failed: io.vertx.core.impl.NoStackTraceThrowable: no such"
                + " file",
            "files did not stop in time");
    assertThat(order).contains("stop pool");
    assertThat(report.exitCode()).as("no message was harmed").isZero();
  }

  @Test
  void resourcesThatDependOnEachOtherInACircleFailTheStartWithThePath() throws Exception {
    Tailrace pool =
        builder
            .resource(resource("files", Set.of("pool"), Future.succeededFuture()))
            .resource(resource("pool", Set.of("files"), Future.succeededFuture()))
            .build();

    Future<Tailrace> starting = pool.start();
    await().until(starting::failed);

    assertThat(starting.cause()).hasMessageContaining("files -> pool -> files");
    assertThat(broker.calls()).as("nothing is consumed").isEmpty();
    assertThat(pool.state()).isEqualTo(State.FAILED);
    assertInOrder();
  }

  private PhaseHook recording(Phase phase, Future<Void> answer) {
    return new PhaseHook(
        phase,
        "recorder",
        SECOND,
        () -> {
          order.add(phase.label());
          return answer;
        });
  }

  private Resource resource(String name, Set<String> needs, Future<Void> stopping) {
    return new Resource() {
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
        order.add("start " + name);
        return Future.succeededFuture();
      }

      @Override
      public Future<Void> stop(Duration deadline) {
        order.add("stop " + name);
        return stopping;
      }

      @Override
      public Duration budget() {
        return Duration.ofMillis(100);
      }
    };
  }

  private void assertInOrder() {
    assertThat(order)
        .containsExactlyElementsOf(List.of(Phase.values()).stream().map(Phase::label).toList());
  }
}
