package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.ReloadPlan.Kind;
import dev.tailrace.app.ReloadPlan.Move;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.ManualBroker;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A running pool takes over another configuration, or stays as it is. */
final class ReloadTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker orders = new ManualBroker(1);
  private final ManualBroker payments = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();
  private final HeldHandler paying = new HeldHandler();
  private final RecordedEvents events = new RecordedEvents();
  private final Pipeline before = pipeline("orders", orders, 5);
  private final Pipeline after = pipeline("orders", orders, 7);

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aChangedPipelineDrainsAndBeginsAgainWhileTheOthersDoNotNotice() throws Exception {
    Tailrace pool = started();
    orders.produce(0, 3);
    payments.produce(0, 1);
    await().until(() -> handler.started() == 3 && paying.started() == 1);

    Future<PoolStatus.ConfigStamp> reload = pool.reload(plan(restart()));
    await().until(() -> orders.calls().contains("orders/0 closeIntake"));
    assertThat(orders.sources()).as("what runs ends first").hasSize(1);
    handler.release();
    PoolStatus.ConfigStamp stamp = Results.result(reload);

    assertThat(stamp.generation()).isEqualTo(2);
    assertThat(stamp.sha256()).isEqualTo("new");
    assertThat(stamp.lastReload()).isNotNull();
    assertThat(orders.sources()).hasSize(2);
    assertThat(orders.sources().get(0).committed()).isEqualTo(3);
    assertThat(payments.calls()).containsExactly("payments/0 open");
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(Results.result(pool.status()).config()).isEqualTo(stamp);
    orders.sources().get(1).produce("key");
    await().until(() -> handler.started() == 4);
    assertThat(paying.cancelled()).isEmpty();
    paying.release();
    assertThat(events.count("configured orders")).isEqualTo(2);
    assertThat(events.told()).anyMatch(told -> told.contains("concurrency=7 "));
    assertThat(events.told())
        .anyMatch(told -> told.endsWith("replaces=earlier") || told.contains(" replaces=earlier "));
  }

  @Test
  void countsGoOnWhereTheConsumersBeforeLeftOff() throws Exception {
    Tailrace pool = started();
    handler.release();
    orders.produce(0, 3);
    await().until(() -> finished(pool) == 3);

    Results.result(pool.reload(plan(restart())));
    assertThat(finished(pool)).isEqualTo(3);
    orders.sources().get(1).produce("key");
    await().until(() -> finished(pool) == 4);
    Results.result(pool.reload(plan(new Move(Kind.REMOVED, after, null))));

    assertThat(finished(pool)).isEqualTo(4);
    assertThat(Results.result(pool.status()).pipelines())
        .extracting(PoolStatus.PipelineStatus::name)
        .containsExactly("payments");
    Results.result(pool.close());
    assertThat(finished(pool)).as("after the end, too").isEqualTo(4);
  }

  @Test
  void whatIsPausedStaysPausedAcrossAReload() throws Exception {
    Tailrace pool = started();
    handler.release();
    Results.result(pool.pausePipeline("orders", "maintenance"));
    Results.result(pool.reload(plan(restart())));
    orders.sources().get(1).produce("key");

    assertThat(Results.result(pool.status()).pipelines().stream())
        .filteredOn(one -> one.name().equals("orders"))
        .singleElement()
        .satisfies(one -> assertThat(one.pausedBy()).containsExactly("pipeline: maintenance"));
    assertThat(handler.started()).isZero();
    Results.result(pool.resumePipeline("orders", "done"));
    await().until(() -> handler.started() == 1);
  }

  @Test
  void aPipelineThatCannotBeginIsTakenBackWithAllThatMovedBefore() throws Exception {
    Tailrace pool = started();
    ManualBroker unfit =
        new ManualBroker(1).answer("open", Future.failedFuture(new UnfitException("no topic")));
    Pipeline more = pipeline("more", unfit, 1);

    Future<PoolStatus.ConfigStamp> reload =
        pool.reload(plan(restart(), new Move(Kind.ADDED, null, more)));

    assertThatThrownBy(() -> Results.result(reload))
        .hasCauseInstanceOf(ReloadException.class)
        .hasMessageContaining("not applied, and taken back: no topic");
    PoolStatus status = Results.result(pool.status());
    assertThat(status.config().generation()).isEqualTo(1);
    assertThat(status.pipelines())
        .extracting(PoolStatus.PipelineStatus::name)
        .containsExactlyInAnyOrder("orders", "payments");
    assertThat(status.pipelines())
        .filteredOn(one -> one.name().equals("orders"))
        .extracting(PoolStatus.PipelineStatus::limit)
        .containsExactly(5);
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    handler.release();
    orders.sources().get(2).produce("key");
    await().until(() -> handler.started() == 1);
  }

  @Test
  void whereThereIsNoWayBackThePoolDrainsToBeStartedAfresh() throws Exception {
    Tailrace pool = started();
    orders.answer("open", Future.failedFuture(new UnfitException("the topic is gone")));

    assertThatThrownBy(() -> Results.result(pool.reload(plan(restart()))))
        .hasCauseInstanceOf(ReloadException.class);

    DrainReport report = Results.result(pool.drained());
    assertThat(report.trigger().kind()).isEqualTo(Trigger.Kind.RELOAD_FAILED);
    assertThat(report.exitCode()).isEqualTo(DrainReport.RESTART_EXIT);
  }

  @Test
  void aStopDuringAReloadWinsAndLeavesNothingBehind() throws Exception {
    Tailrace pool = started();
    orders.produce(0, 2);
    await().until(() -> handler.started() == 2);
    Future<PoolStatus.ConfigStamp> reload = pool.reload(plan(restart()));
    await().until(() -> orders.calls().contains("orders/0 closeIntake"));

    Future<DrainReport> draining = pool.drain(SIGTERM);
    handler.release();
    DrainReport report = Results.result(draining);

    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.positions()).extracting(one -> one.committed()).contains("2");
    assertThatThrownBy(() -> Results.result(reload))
        .hasCauseInstanceOf(ReloadException.class)
        .hasMessageContaining("the pool is ");
    assertThat(orders.sources()).as("nothing begins any more").hasSize(1);
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void aSecondReloadMeanwhileAndOneOfAStoppedPoolAreRefused() throws Exception {
    Tailrace pool = started();
    Promise<Void> held = Promise.promise();
    orders.answer("closeIntake", held.future());
    Future<PoolStatus.ConfigStamp> first = pool.reload(plan(restart()));
    await().until(() -> orders.calls().contains("orders/0 closeIntake"));

    assertThatThrownBy(() -> Results.result(pool.reload(plan(restart()))))
        .hasMessageContaining("another reload is under way");
    held.complete();
    Results.result(first);
    Results.result(pool.close());

    assertThatThrownBy(() -> Results.result(pool.reload(plan(restart()))))
        .isInstanceOf(Exception.class);
  }

  @Test
  void otherLimitsApplyWhileThePipelineGoesOn() throws Exception {
    Tailrace pool = started();
    orders.produce(0, 20);
    await().until(() -> handler.started() == 5);

    Results.result(pool.reload(plan(new Move(Kind.LIMITED, before, after))));
    await().until(() -> handler.started() == 7);
    assertThat(limit(pool)).isEqualTo(7);
    assertThat(events.told().stream().filter(told -> told.startsWith("configured orders")))
        .as("said before the first starts by them")
        .hasSize(2)
        .last(STRING)
        .contains("concurrency=7 ", " replaces=earlier");
    Results.result(pool.reload(plan(new Move(Kind.LIMITED, after, pipeline("orders", orders, 2)))));

    assertThat(limit(pool)).isEqualTo(2);
    assertThat(orders.calls()).as("nothing is drained").containsExactly("orders/0 open");
    assertThat(handler.cancelled()).isEmpty();
    assertThat(events.count("configured orders")).as("seven still run").isEqualTo(2);
    handler.release();
    await().until(() -> finished(pool) == 20);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        events.told().stream().filter(told -> told.startsWith("configured orders")))
                    .hasSize(3)
                    .last(STRING)
                    .contains("concurrency=2 "));
    Results.result(pool.close());
  }

  @Test
  void aLowerLimitOfSeveralConsumersIsSaidWhenTheLastHasComeBelowItsShare() throws Exception {
    ManualBroker two = new ManualBroker(2);
    Map<String, Promise<Outcome>> running = new ConcurrentHashMap<>();
    Function<Integer, Pipeline> limited =
        permits ->
            Pipeline.named("two")
                .source(two)
                .handle(
                    (message, context) ->
                        running
                            .computeIfAbsent(message.toString(), any -> Promise.promise())
                            .future())
                .limits(new PipelineLimits(permits, 100, 1_000_000, 10))
                .build();
    Pipeline first = limited.apply(4);
    Tailrace pool = Tailrace.builder(vertx).add(first).events(events).build();
    Results.result(pool.start());
    two.produce(0, 2);
    two.produce(1, 2);
    await().until(() -> running.size() == 4);

    Pipeline lower = limited.apply(2);
    Results.result(pool.reload(plan(new Move(Kind.LIMITED, first, lower))));
    running.forEach((message, end) -> endWhere(message.startsWith("manual/0"), end));
    await().until(() -> events.count("settled ") == 2);
    assertThat(events.count("configured two")).as("the other has two, and may have one").isOne();
    running.entrySet().stream()
        .filter(one -> one.getKey().startsWith("manual/1"))
        .findFirst()
        .ifPresent(one -> one.getValue().complete(Outcome.done()));
    await().until(() -> events.count("configured two") == 2);
    assertThat(events.told()).anyMatch(told -> told.contains("concurrency=2 "));

    Results.result(pool.reload(plan(new Move(Kind.LIMITED, lower, limited.apply(6)))));
    assertThat(events.told()).anyMatch(told -> told.contains("concurrency=6 "));
    two.produce(0, 3);
    await().until(() -> running.size() == 7);
    running.values().forEach(end -> end.tryComplete(Outcome.done()));
    Results.result(pool.close());
  }

  private static void endWhere(boolean chosen, Promise<Outcome> end) {
    if (chosen) {
      end.complete(Outcome.done());
    }
  }

  private static int limit(Tailrace pool) throws Exception {
    return Results.result(pool.status()).pipelines().stream()
        .filter(one -> one.name().equals("orders"))
        .findFirst()
        .orElseThrow()
        .limit();
  }

  private Move restart() {
    return new Move(Kind.RESTARTED, before, after);
  }

  private static ReloadPlan plan(Move... moves) {
    return new ReloadPlan(List.of(), List.of(moves), DrainConfig.DEFAULT, "new");
  }

  private static long finished(Tailrace pool) throws Exception {
    return Objects.requireNonNull(Results.result(pool.counts()).get("orders")).finishedTotal();
  }

  private Pipeline pipeline(String name, ManualBroker broker, int concurrency) {
    return Pipeline.named(name)
        .source(broker)
        .handle(broker.equals(payments) ? paying : handler)
        .limits(new PipelineLimits(concurrency, 100, 1_000_000, 10))
        .build();
  }

  private Tailrace started() throws Exception {
    Tailrace pool =
        Tailrace.builder(vertx)
            .add(before)
            .add(pipeline("payments", payments, 5))
            .startupDeadline(Duration.ofSeconds(10))
            .events(events)
            .build();
    return Results.result(pool.start());
  }
}
