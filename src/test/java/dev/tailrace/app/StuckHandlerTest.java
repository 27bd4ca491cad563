package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that do not end, or block what they must not. */
final class StuckHandlerTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final DrainConfig QUICK = DrainConfig.within(Duration.ofSeconds(1));

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(2);
  private final HeldHandler handler = new HeldHandler();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aHandlerThatBlocksItsEventLoopKeepsNobodyBeyondTheDeadline() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    Tailrace pool = startedAndBlockedUntil(blocked);

    try {
      DrainReport report = Results.result(pool.drain(SIGTERM));

      assertThat(report.exitCode()).isEqualTo(4);
      assertThat(report.errors())
          .contains("stop-intake overran its budget", "settle overran its budget")
          .anyMatch(error -> error.startsWith("orders/0: no answer"))
          .noneMatch(error -> error.startsWith("orders/1"));
      assertThat(broker.calls()).contains("orders/1 close").doesNotContain("orders/0 close");
    } finally {
      blocked.countDown();
    }
  }

  @Test
  void aHandlerThatBlocksItsEventLoopIsNamedAndTheNumbersStillAddUp() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    Tailrace pool = startedAndBlockedUntil(blocked);

    try {
      await().until(() -> !pool.ready());
      PoolStatus status = Results.result(pool.status());
      assertThat(status.dependencies())
          .filteredOn(one -> one.state().equals("disconnected"))
          .extracting(PoolStatus.Dependency::name)
          .containsExactly("event loop of orders/0");
      assertThat(Results.result(pool.counts()))
          .hasEntrySatisfying("orders", StuckHandlerTest::assertAddsUp);
    } finally {
      blocked.countDown();
    }
    handler.release();
    await().until(pool::ready);
    assertThat(Results.result(pool.counts()))
        .hasEntrySatisfying("orders", counts -> assertThat(counts.received()).isEqualTo(1))
        .hasEntrySatisfying("orders", StuckHandlerTest::assertAddsUp);
  }

  @Test
  void aStuckHandlerDrainsThePoolWhereThePipelineSaysSo() throws Exception {
    Tailrace pool = started(pipeline().timeout(Duration.ofMillis(50)).exitOnStuck());
    broker.produce(0, 1);

    await().until(() -> pool.state() == State.STOPPED);

    DrainReport report = pool.report().orElseThrow();
    assertThat(report.trigger().kind()).isEqualTo(Trigger.Kind.STUCK);
    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isEqualTo(1);
  }

  @Test
  void aStuckHandlerMakesThePoolUnreadyUntilItEnds() throws Exception {
    Tailrace pool = started(pipeline().timeout(Duration.ofMillis(50)));
    broker.produce(0, 1);

    await().until(() -> !pool.ready());
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    handler.release();
    await().until(pool::ready);
  }

  private Pipeline.Builder pipeline() {
    return Pipeline.named("orders").source(broker).handle(handler);
  }

  private Tailrace started(Pipeline.Builder pipeline) throws Exception {
    return Results.result(
        Tailrace.builder(vertx).add(pipeline.build()).drain(QUICK).build().start());
  }

  private static void assertAddsUp(MessageCounts counts) {
    long known = counts.finishedTotal() + counts.released() + counts.abandoned();
    assertThat(counts.received()).isEqualTo(known + counts.inFlight());
  }

  /** A pool of which one loop is in its handler until the latch opens. */
  private Tailrace startedAndBlockedUntil(CountDownLatch open) throws Exception {
    MessageHandler blocking =
        (message, context) -> {
          handler.handle(message, context);
          awaitQuietly(open);
          return Future.succeededFuture(Outcome.done());
        };
    Tailrace pool = started(pipeline().handle(blocking));
    broker.produce(0, 1);
    await().until(() -> handler.started() == 1);
    return pool;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }
}
