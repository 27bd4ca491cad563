package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.IllegalMoveException;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.CancelReason;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool starts, pauses and stops as a whole, and tells the truth of it. */
final class TailraceTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(2);
  private final HeldHandler handler = new HeldHandler();
  private final RecordedEvents events = new RecordedEvents();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void itRunsWhenEveryConsumerHasOpenedItsSource() throws Exception {
    Tailrace pool = started(pool());

    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(pool.ready()).isTrue();
    assertThat(broker.calls()).containsExactlyInAnyOrder("orders/0 open", "orders/1 open");
  }

  @Test
  void aDrainFinishesWhatIsThereAndReportsIt() throws Exception {
    Tailrace pool = started(pool());
    broker.produce(0, 5);
    broker.produce(1, 3);
    await().until(() -> handler.started() == 8);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    assertThat(pool.state()).isEqualTo(State.DRAINING);
    assertThat(pool.ready()).isFalse();
    await().until(() -> events.count("drain_begin") == 1);
    handler.release();
    DrainReport report = Results.result(draining);

    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.exitCode()).isZero();
    assertThat(report.complete()).isTrue();
    assertThat(report.messages().atStart().executing()).isEqualTo(8);
    assertThat(report.messages().since().finished()).containsEntry(Finish.DONE, 8L);
    assertThat(report.messages().abandoned()).isZero();
    assertThat(report.positions()).allMatch(position -> position.commit().equals("ok"));
    assertThat(broker.source(0).committed()).isEqualTo(5);
    assertThat(broker.source(1).committed()).isEqualTo(3);
    assertThat(report.phases()).extracting(PhaseResult::phase).containsExactly(Phase.values());
    assertThat(pool.state()).isEqualTo(State.STOPPED);
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void nothingIsReceivedAfterTheDrainHasBegun() throws Exception {
    Tailrace pool = started(pool());
    broker.produce(0, 5);
    await().until(() -> handler.started() == 5);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    broker.produce(0, 5);
    handler.release();
    Results.result(draining);

    List<String> told = events.told();
    assertThat(told.subList(told.indexOf("drain_begin sigterm"), told.size()))
        .noneMatch(event -> event.startsWith("received"));
    assertThat(told).endsWith("drain_end clean", "state stopped");
  }

  @Test
  void whatDoesNotEndInTimeIsCancelledThenNamedAndLeft() throws Exception {
    Tailrace pool = started(pool(Duration.ofSeconds(1)));
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(handler.cancelled()).containsExactly(CancelReason.FORCED, CancelReason.FORCED);
    assertThat(report.result()).isEqualTo(DrainReport.Result.INCOMPLETE);
    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isEqualTo(2);
    assertThat(report.messages().named())
        .extracting(DrainReport.AbandonedMessage::position)
        .containsExactlyInAnyOrder("0", "1");
    assertThat(broker.source(0).committed()).isZero();
    assertAccounted(report);
  }

  @Test
  void whatHasNotStartedGoesBackWhenItsTimeIsOver() throws Exception {
    PipelineLimits limits = new PipelineLimits(2, 100, 1_000_000, 10);
    Tailrace pool =
        started(
            Tailrace.builder(vertx)
                .add(pipeline().limits(limits).build())
                .drain(DrainConfig.within(Duration.ofSeconds(1)))
                .events(events)
                .build());
    broker.produce(0, 10);
    await().until(() -> handler.started() == 1);

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.messages().since().released()).isEqualTo(9);
    assertThat(report.messages().abandoned()).isEqualTo(1);
    assertThat(broker.source(0).released()).hasSize(9);
    assertThat(events.count("released")).isEqualTo(9);
    assertAccounted(report);
  }

  @Test
  void anImmediateDrainStartsNothingAndCancelsAtOnce() throws Exception {
    DrainConfig immediate =
        new DrainConfig(Duration.ofMinutes(10), DrainConfig.Strategy.IMMEDIATE, null, null);
    Tailrace pool = started(builder(immediate).build());
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(handler.cancelled()).containsExactly(CancelReason.FORCED, CancelReason.FORCED);
    assertThat(report.result()).isEqualTo(DrainReport.Result.INCOMPLETE);
    assertThat(report.toJson().getString("strategy")).isEqualTo("immediate");
    assertAccounted(report);
  }

  @Test
  void repeatedDrainsJoinTheFirstAndDoNotExtendIt() throws Exception {
    Tailrace pool = started(pool());
    broker.produce(0, 1);
    await().until(() -> handler.started() == 1);

    Future<DrainReport> first = pool.drain(SIGTERM);
    Duration deadline = pool.progress().orElseThrow().budget().deadline();
    Future<DrainReport> second = pool.drain(new Trigger(Trigger.Kind.HTTP, "again"));

    assertThat(pool.progress().orElseThrow().budget().deadline()).isEqualTo(deadline);
    handler.release();
    assertThat(Results.result(second)).isSameAs(Results.result(first));
    assertThat(Results.result(first).trigger()).isEqualTo(SIGTERM);
  }

  @Test
  void forcingLeavesWhatRunsAndSaysSo() throws Exception {
    Tailrace pool = started(pool(Duration.ofMinutes(10)));
    broker.produce(0, 3);
    await().until(() -> handler.started() == 3);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    pool.force("second SIGTERM");
    DrainReport report = Results.result(draining);

    assertThat(report.result()).isEqualTo(DrainReport.Result.FORCED);
    assertThat(report.forcedBy()).isEqualTo("second SIGTERM");
    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isEqualTo(3);
    assertThat(broker.calls()).contains("orders/0 flush", "orders/0 giveBack", "orders/0 close");
    assertAccounted(report);
  }

  @Test
  void aPausedPoolStartsNothingNewAndGoesOnAfterwards() throws Exception {
    Tailrace pool = started(pool());
    handler.release();

    Results.result(pool.pause("maintenance"));
    broker.produce(0, 4);
    PoolStatus paused = Results.result(pool.status());
    assertThat(paused.state()).isEqualTo(State.PAUSED);
    assertThat(paused.pipelines().get(0).pausedBy()).containsExactly("pool: maintenance");
    assertThat(handler.started()).isZero();

    Results.result(pool.resume("done"));
    await().until(() -> handler.started() == 4);
    assertThat(pool.state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aPipelinePausedByItselfStaysPausedWhenThePoolGoesOn() throws Exception {
    Tailrace pool = started(pool());
    handler.release();

    Results.result(pool.pausePipeline("orders", "poison"));
    Results.result(pool.pause("maintenance"));
    Results.result(pool.resume("done"));
    broker.produce(0, 1);

    PoolStatus status = Results.result(pool.status());
    assertThat(status.state()).isEqualTo(State.RUNNING);
    assertThat(status.pipelines().get(0).state()).isEqualTo(State.PAUSED);
    assertThat(handler.started()).isZero();
    Results.result(pool.resumePipeline("orders", "mended"));
    await().until(() -> handler.started() == 1);
  }

  @Test
  void pausingWhileDrainingIsRefusedWithTheLegalMoves() throws Exception {
    Tailrace pool = started(pool());
    broker.produce(0, 1);
    await().until(() -> handler.started() == 1);
    Future<DrainReport> draining = pool.drain(SIGTERM);

    Future<Void> pausing = pool.pause("too late");
    await().until(pausing::isComplete);
    assertThat(pausing.cause())
        .isInstanceOf(IllegalMoveException.class)
        .hasMessage("cannot go from draining to paused; possible: stopped, failed");
    handler.release();
    Results.result(draining);
  }

  @Test
  void anUnknownPipelineIsRefusedByName() throws Exception {
    Tailrace pool = started(pool());

    Future<Void> pausing = pool.pausePipeline("order", "typo");
    await().until(pausing::isComplete);

    assertThat(pausing.cause())
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("'order'")
        .hasMessageContaining("orders");
  }

  @Test
  void countsAddUpBeforeDuringAndAfter() throws Exception {
    Tailrace pool = started(pool());
    assertThat(counts(pool)).isEqualTo(zero());
    broker.produce(0, 6);
    broker.produce(1, 6);
    await().until(() -> handler.started() == 12);
    assertAddsUp(counts(pool), 12);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    assertAddsUp(counts(pool), 12);
    handler.release();
    Results.result(draining);

    MessageCounts end = counts(pool);
    assertAddsUp(end, 12);
    assertThat(end.inFlight()).isZero();
  }

  @Test
  void aBrokerThatNeverAnswersDoesNotKeepTheProcess() throws Exception {
    Tailrace pool = started(pool(Duration.ofSeconds(1)));
    broker.hang("flush");

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.positions())
        .extracting(position -> position.commit())
        .containsOnly("unknown");
    assertThat(report.errors()).contains("settle overran its budget");
    assertThat(broker.calls()).contains("orders/0 close", "orders/1 close");
  }

  @Test
  void everyPhaseIsOverForAllConsumersBeforeTheNextBeginsForAny() throws Exception {
    Tailrace pool = started(pool());
    broker.produce(0, 3);
    broker.produce(1, 3);
    await().until(() -> handler.started() == 6);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    handler.release();
    Results.result(draining);

    assertThat(broker.calls().stream().map(call -> call.substring(call.indexOf(' ') + 1)))
        .startsWith("open", "open", "closeIntake", "closeIntake")
        .endsWith("close", "close")
        .hasSize(10);
  }

  @Test
  void whileLoopsHangTheReportSoFarCountsWhatIsNotKnownAsAbandoned() throws Exception {
    Tailrace pool = started(pool(Duration.ofMinutes(10)));
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);
    assertThat(pool.reportSoFar()).isEmpty();

    Future<DrainReport> draining = pool.drain(SIGTERM);
    await().until(() -> pool.progress().orElseThrow().current() == Phase.DRAIN);
    await().until(() -> pool.reportSoFar().orElseThrow().messages().atStart().executing() == 2);
    DrainReport soFar = pool.reportSoFar().orElseThrow();

    assertThat(soFar.complete()).isFalse();
    assertThat(soFar.exitCode()).isEqualTo(4);
    assertThat(soFar.messages().abandoned()).isEqualTo(2);
    handler.release();
    assertThat(Results.result(draining).exitCode()).isZero();
  }

  @Test
  void telemetryEndsAfterTheConsumersAndServersAfterTelemetry() throws Exception {
    RecordedResource telemetry = new RecordedResource("event log");
    RecordedResource server = new RecordedResource("admin");
    Tailrace pool =
        started(builder(DrainConfig.DEFAULT).telemetry(telemetry).server(it -> server).build());
    Promise<Void> flushing = Promise.promise();
    telemetry.stopping = flushing.future();

    Future<DrainReport> draining = pool.drain(SIGTERM);
    await().until(() -> telemetry.calls.contains("stop"));
    assertThat(broker.calls()).contains("orders/0 close", "orders/1 close");
    assertThat(server.calls).containsExactly("start");
    flushing.complete();

    assertThat(Results.result(pool.drained()).complete()).isFalse();
    assertThat(Results.result(draining).complete()).isTrue();
    assertThat(server.calls).containsExactly("start", "stop");
  }

  private Tailrace pool() {
    return pool(Duration.ofSeconds(25));
  }

  private Tailrace pool(Duration deadline) {
    return builder(DrainConfig.within(deadline)).build();
  }

  private PoolBuilder builder(DrainConfig drain) {
    return Tailrace.builder(vertx).add(pipeline().build()).drain(drain).events(events);
  }

  private Pipeline.Builder pipeline() {
    return Pipeline.named("orders").source(broker).handle(handler);
  }

  private static Tailrace started(Tailrace pool) throws Exception {
    return Results.result(pool.start());
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).getOrDefault("orders", MessageCounts.NONE);
  }

  private static MessageCounts zero() {
    return MessageCounts.NONE.plus(MessageCounts.NONE);
  }

  private static void assertAccounted(DrainReport report) {
    DrainReport.Messages messages = report.messages();
    assertThat(
            messages.since().finishedTotal() + messages.since().released() + messages.abandoned())
        .isEqualTo(messages.atStart().inFlight());
  }

  private static void assertAddsUp(MessageCounts counts, long received) {
    assertThat(counts.received()).isEqualTo(received);
    assertThat(counts.finishedTotal() + counts.released() + counts.abandoned() + counts.inFlight())
        .isEqualTo(received);
  }
}
