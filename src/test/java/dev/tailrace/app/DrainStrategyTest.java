package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.CancelReason;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of buffered work in a drain, by whose choice; and what is foretold of it. */
final class DrainStrategyTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();
  private final RecordedEvents events = new RecordedEvents();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aDrainMayBeAskedForWithAnotherStrategyThanIsConfigured() throws Exception {
    Tailrace pool = started(pool(LONG));
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);

    DrainReport report = Results.result(pool.drain(SIGTERM, DrainConfig.Strategy.IMMEDIATE));

    assertThat(handler.cancelled()).containsExactly(CancelReason.FORCED, CancelReason.FORCED);
    assertThat(report.strategy()).isEqualTo(DrainConfig.Strategy.IMMEDIATE);
    assertThat(report.forcedBy()).as("it was so from the beginning").isNull();
    assertThat(report.messages().named())
        .extracting(DrainReport.AbandonedMessage::repeat)
        .containsOnly(DrainReport.Repeat.CHECK);
    assertAccounted(report);
  }

  @Test
  void askingForAnImmediateDrainForcesTheOneThatRuns() throws Exception {
    Tailrace pool = started(pool(LONG));
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    Trigger other = new Trigger(Trigger.Kind.HTTP, "POST /drain");
    Future<DrainReport> unused = pool.drain(other, DrainConfig.Strategy.COOPERATIVE);
    assertThat(draining.isComplete()).isFalse();
    DrainReport report = Results.result(pool.drain(other, DrainConfig.Strategy.IMMEDIATE));

    assertThat(report.result()).isEqualTo(DrainReport.Result.FORCED);
    assertThat(report.forcedBy()).isEqualTo("POST /drain");
    assertThat(report.strategy()).isEqualTo(DrainConfig.Strategy.BOUNDED);
  }

  @Test
  void aCooperativeDrainStartsNothingOfWhichItCannotTellThatItFits() throws Exception {
    PipelineLimits limits = new PipelineLimits(1, 100, 1_000_000, 10);
    Tailrace pool =
        started(
            Tailrace.builder(vertx)
                .add(pipeline().limits(limits).timeout(Duration.ofHours(1)).build())
                .drain(DrainConfig.within(LONG).withStrategy(DrainConfig.Strategy.COOPERATIVE))
                .events(events)
                .build());
    broker.produce(0, 10);
    await().until(() -> handler.started() == 1);

    Future<DrainReport> draining = pool.drain(SIGTERM);
    await().until(() -> events.count("released") == 9);
    handler.release();
    DrainReport report = Results.result(draining);

    assertThat(report.exitCode()).isZero();
    assertThat(report.messages().since().released()).isEqualTo(9);
    assertThat(report.toJson().getString("strategy")).isEqualTo("cooperative");
    assertAccounted(report);
  }

  @Test
  void theStatusForetellsTheDrainFromWhatWaitsAndHowLongMessagesTake() throws Exception {
    Tailrace pool = started(pool(LONG));
    broker.produce(0, 1);
    await().until(() -> handler.started() == 1);
    assertThat(outlook(pool).estimateMillis()).as("nothing has ended yet").isEqualTo(-1);
    assertThat(outlook(pool).fits()).isFalse();

    handler.release();
    await().until(() -> outlook(pool).estimateMillis() == DrainForecast.CLOSING.toMillis());

    assertThat(outlook(pool).fits()).isTrue();
  }

  private static PoolStatus.DrainOutlook outlook(Tailrace pool) throws Exception {
    return Results.result(pool.status()).drain();
  }

  private Tailrace pool(Duration deadline) {
    return Tailrace.builder(vertx)
        .add(pipeline().build())
        .drain(DrainConfig.within(deadline))
        .events(events)
        .build();
  }

  private Pipeline.Builder pipeline() {
    return Pipeline.named("orders").source(broker).handle(handler);
  }

  private static Tailrace started(Tailrace pool) throws Exception {
    return Results.result(pool.start());
  }

  private static void assertAccounted(DrainReport report) {
    DrainReport.Messages messages = report.messages();
    assertThat(
            messages.since().finishedTotal() + messages.since().released() + messages.abandoned())
        .isEqualTo(messages.atStart().inFlight());
  }
}
