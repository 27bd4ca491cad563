package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers that do what none should, in a pool with real brokers. */
final class BadHandlersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final int ATTEMPTS = 3;
  private static final int OTHERS = 50;
  private static final RetryPolicy QUICKLY =
      RetryPolicy.DEFAULT
          .withAttempts(ATTEMPTS)
          .withBackoff(Duration.ofMillis(5), Duration.ofMillis(20));

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final RecordedEvents events = new RecordedEvents();
  private final BrokerEnds ends = BrokerEnds.of("kafka", servers, vertx);
  private final String bad = ends.source + "/0@0";

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  /** Ways to fail that a handler can find. */
  enum Failing {
    THROWS,
    THROWS_AN_ERROR,
    RETURNS_NULL,
    RETURNS_A_FAILED_FUTURE,
    RETURNS_A_FUTURE_OF_NULL,
    FAILS_LATER,
    THROWS_ON_A_WORKER,
    RETURNS_NULL_ON_A_WORKER
  }

  @ParameterizedTest
  @EnumSource(Failing.class)
  void whateverWayAHandlerFailsItIsCalledAsOftenAsAllowedAndThenItsMessageIsDead(Failing way)
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Tailrace pool = started(handledBy(failing(way, calls)).retry(QUICKLY));

    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == 1 + OTHERS);
    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(calls).hasValue(ATTEMPTS);
    assertThat(counts(pool).finished())
        .containsEntry(Finish.DEAD_LETTERED, 1L)
        .containsEntry(Finish.DONE, (long) OTHERS);
    List<OutgoingMessage> letters = ends.arrived();
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).headers().text(DeadLetterHeaders.ORIGIN)).isEqualTo(bad);
    assertThat(letters.get(0).headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("" + ATTEMPTS);
    assertThat(report.exitCode()).isZero();
    assertThat(ends.unfinished()).isZero();
  }

  @Test
  void aHandlerThatNeverEndsIsNamedMakesThePoolUnreadyAndIsLeftByNameWhileOtherKeysGoOn()
      throws Exception {
    MessageHandler endless =
        (message, context) ->
            isBad(message)
                ? Promise.<Outcome>promise().future()
                : Future.succeededFuture(Outcome.done());
    Tailrace pool = started(Pipeline.named("bad").handle(endless).timeout(Duration.ofMillis(200)));

    await().atMost(PATIENCE).until(() -> !pool.ready());
    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == OTHERS);

    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(events.told())
        .filteredOn(event -> event.startsWith("alarm "))
        .singleElement()
        .asString()
        .startsWith("alarm stuck " + bad + " runs for ");
    PoolStatus.PipelineStatus status = Results.result(pool.status()).pipelines().get(0);
    assertThat(status.stuck()).isEqualTo(1);
    assertThat(status.oldest()).isNotNull();
    assertThat(status.oldest().source()).isEqualTo(ends.source + "/0");
    assertThat(status.oldest().position()).isEqualTo("0");
    assertThat(status.oldest().stage()).isEqualTo("handling");

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isEqualTo(1);
    assertThat(report.messages().named())
        .extracting(left -> left.source() + "@" + left.position())
        .containsExactly(bad);
    assertThat(ends.unfinished()).as("its position was not passed").isEqualTo(1 + OTHERS);
  }

  @Test
  void aHandlerThatBlocksItsEventLoopIsNamedAndTheRestGoesOnAfterIt() throws Exception {
    MessageHandler blocking =
        (message, context) -> {
          if (isBad(message)) {
            block(Duration.ofMillis(2_200));
          }
          return Future.succeededFuture(Outcome.done());
        };
    Tailrace pool = started(Pipeline.named("bad").handle(blocking));

    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == 1 + OTHERS);
    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(events.told())
        .filteredOn(event -> event.startsWith("alarm "))
        .singleElement()
        .asString()
        .matches("alarm blocked " + bad + " blocked its event loop for \\d{4,} ms");
    assertThat(report.exitCode()).isZero();
    assertThat(ends.unfinished()).isZero();
  }

  private Tailrace started(Pipeline.Builder pipeline) throws Exception {
    ends.send(
        IntStream.rangeClosed(0, OTHERS)
            .mapToObj(i -> new OutgoingMessage(key(i), Buffer.buffer("body"), Headers.empty()))
            .toList());
    Pipeline built =
        pipeline.source(ends.reading()).deadLetter(ends.deadLetters()).events(events).build();
    DrainConfig drain = DrainConfig.within(Duration.ofSeconds(8));
    return Results.result(Tailrace.builder(vertx).add(built).drain(drain).build().start());
  }

  private static Pipeline.Builder handledBy(Object handler) {
    Pipeline.Builder pipeline = Pipeline.named("bad");
    return handler instanceof BlockingHandler blocking
        ? pipeline.handleBlocking(blocking)
        : pipeline.handle((MessageHandler) handler);
  }

  private static Object failing(Failing way, AtomicInteger calls) {
    boolean onWorker = way == Failing.THROWS_ON_A_WORKER || way == Failing.RETURNS_NULL_ON_A_WORKER;
    if (onWorker) {
      return (BlockingHandler)
          (message, context) -> isBad(message) ? failOnWorker(way, calls) : Outcome.done();
    }
    return (MessageHandler)
        (message, context) ->
            isBad(message) ? fail(way, calls, context) : Future.succeededFuture(Outcome.done());
  }

  @SuppressWarnings("NullAway") // what a handler must not return is the point
  private static Future<Outcome> fail(Failing way, AtomicInteger calls, MessageContext context) {
    assertThat(context.attempt()).isEqualTo(calls.incrementAndGet());
    return switch (way) {
      case THROWS -> throw new IllegalStateException("broken");
      case THROWS_AN_ERROR -> throw new NoClassDefFoundError("com/acme/Gone");
      case RETURNS_NULL -> null;
      case RETURNS_A_FUTURE_OF_NULL -> Future.succeededFuture();
      case RETURNS_A_FAILED_FUTURE -> Future.failedFuture("refused");
      default -> Vertx.currentContext().owner().timer(5).compose(past -> failed());
    };
  }

  private static Future<Outcome> failed() {
    return Future.failedFuture(new IllegalStateException("late"));
  }

  @SuppressWarnings("NullAway") // likewise
  private static Outcome failOnWorker(Failing way, AtomicInteger calls) {
    calls.incrementAndGet();
    if (way == Failing.THROWS_ON_A_WORKER) {
      throw new IllegalStateException("broken");
    }
    return null;
  }

  private static void block(Duration time) {
    CountDownLatch never = new CountDownLatch(1);
    try {
      assertThat(never.await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Buffer key(int i) {
    return Buffer.buffer("key-" + i);
  }

  private static boolean isBad(Message message) {
    return key(0).equals(message.key());
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).values().iterator().next();
  }
}
