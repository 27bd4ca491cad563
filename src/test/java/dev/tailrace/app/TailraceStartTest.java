package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.ManualBroker;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A start that fails takes everything back, and says what a person can do. */
final class TailraceStartTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(2);

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aSecondPipelineOfTheSameTopicAndGroupIsRefusedWhereItIsAdded() {
    PoolBuilder builder = Tailrace.builder(vertx).add(orders("one"));

    assertThatThrownBy(() -> builder.add(orders("other")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other: group 'workers' reads topic 'orders' for pipeline 'one'");
  }

  private static Pipeline orders(String name) {
    return Pipeline.named(name)
        .source(KafkaSourceConfig.of("localhost:1", "workers", "orders"))
        .handle((message, context) -> Future.succeededFuture(Outcome.done()))
        .build();
  }

  @Test
  void anUnfitBrokerFailsTheStartAndTakesEverythingBack() throws Exception {
    broker.answer("open", Future.failedFuture(new UnfitException("no topic orders")));
    RecordedResource server = new RecordedResource("server");
    Tailrace pool = builder().server(it -> server).build();

    Future<Tailrace> starting = pool.start();
    await().until(starting::isComplete);

    assertThat(starting.cause()).isInstanceOf(UnfitException.class).hasMessage("no topic orders");
    assertThat(Tailrace.exitCode(starting.cause())).isEqualTo(5);
    assertThat(pool.report().orElseThrow().exitCode()).as("in the report too").isEqualTo(5);
    assertThat(pool.state()).isEqualTo(State.FAILED);
    assertThat(broker.calls()).contains("orders/0 close", "orders/1 close");
    assertThat(server.calls).containsExactly("start", "stop");
    await().untilAsserted(() -> assertThat(vertx.deploymentIDs()).isEmpty());
  }

  @Test
  void aBrokerThatStaysAwayFailsTheStartAtItsDeadline() throws Exception {
    broker.hang("open");
    Tailrace pool = builder().startupDeadline(Duration.ofMillis(300)).build();

    Future<Tailrace> starting = pool.start();
    await().until(() -> broker.sources().size() == 2);
    broker.sources().forEach(source -> source.away("connection refused"));
    await().until(starting::isComplete);

    assertThat(starting.cause())
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("startup.deadline")
        .hasMessageContaining("manual/0: connection refused");
    assertThat(broker.calls()).contains("orders/0 close", "orders/1 close");
  }

  @Test
  void aDrainDuringTheStartEndsIt() throws Exception {
    broker.hang("open");
    Tailrace pool = pool();
    Future<Tailrace> starting = pool.start();
    await().until(() -> broker.calls().size() == 2);

    DrainReport report = Results.result(pool.drain(SIGTERM));
    await().until(starting::isComplete);

    assertThat(report.exitCode()).isZero();
    assertThat(starting.failed()).isTrue();
    assertThat(pool.state()).isEqualTo(State.STOPPED);
  }

  @Test
  void aPoolThatNeverStartedStopsAtOnce() throws Exception {
    Tailrace pool = pool();

    Results.result(pool.close());

    assertThat(pool.state()).isEqualTo(State.STOPPED);
    assertThat(pool.report().orElseThrow().exitCode()).isZero();
    await().untilAsserted(() -> assertThat(vertx.deploymentIDs()).isEmpty());
  }

  @Test
  void aPoolThatWasStoppedBeforeItsStartDoesNotStartAnyMore() throws Exception {
    RecordedResource telemetry = new RecordedResource("event log");
    RecordedResource server = new RecordedResource("admin");
    Tailrace pool = builder().telemetry(telemetry).server(it -> server).build();
    Results.result(pool.close());

    Future<Tailrace> starting = pool.start();
    await().until(starting::isComplete);

    assertThat(starting.cause()).isInstanceOf(CancellationException.class);
    assertThat(telemetry.calls)
        .as("nothing is opened that nobody would close")
        .containsOnly("stop");
    assertThat(server.calls).containsOnly("stop");
    assertThat(broker.calls()).isEmpty();
    assertThat(pool.state()).isEqualTo(State.STOPPED);
    await().untilAsserted(() -> assertThat(vertx.deploymentIDs()).isEmpty());
  }

  @Test
  void aHandlersLibraryThatIsMissingFailsTheStartAndHoldsUpNoDrain() throws Exception {
    Pipeline broken =
        Pipeline.named("orders")
            .source(broker)
            .handler(
                () -> {
                  throw new NoClassDefFoundError("com/acme/Client");
                })
            .build();
    Tailrace pool = Tailrace.builder(vertx).add(broken).build();

    Future<Tailrace> starting = pool.start();
    await().until(starting::isComplete);

    assertThat(starting.cause()).hasMessageContaining("com/acme/Client");
    assertThat(pool.report().orElseThrow().exitCode()).isEqualTo(1);
    assertThat(pool.state()).isEqualTo(State.FAILED);
  }

  @Test
  void whatIsJustStartingWhenADrainComesIsStoppedOnceItHasStarted() throws Exception {
    RecordedResource telemetry = new RecordedResource("event log");
    RecordedResource server = new RecordedResource("admin");
    Promise<Void> opening = Promise.promise();
    telemetry.starting = opening.future();
    Tailrace pool = builder().telemetry(telemetry).server(it -> server).build();
    Future<Tailrace> starting = pool.start();
    await().until(() -> telemetry.calls.contains("start"));

    Future<DrainReport> draining = pool.drain(SIGTERM);
    await().until(() -> pool.progress().orElseThrow().current() == Phase.FLUSH_TELEMETRY);
    assertThat(telemetry.calls).containsExactly("start");
    opening.complete();

    assertThat(Results.result(draining).exitCode()).isZero();
    assertThat(telemetry.calls).containsExactly("start", "stop");
    assertThat(server.calls).as("servers do not start any more").containsOnly("stop");
    await().until(starting::failed);
  }

  private Tailrace pool() {
    return builder().build();
  }

  private PoolBuilder builder() {
    return Tailrace.builder(vertx)
        .add(Pipeline.named("orders").source(broker).handle(new HeldHandler()).build());
  }
}
