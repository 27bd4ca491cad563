package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Poison and an outage in a pool with a real broker: the one ends in letters, the other does not.
 */
final class FailingHandlersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MESSAGES = 600;
  private static final int KEYS = 200;
  private static final RetryPolicy QUICKLY =
      RetryPolicy.DEFAULT
          .withAttempts(4)
          .withBackoff(Duration.ofMillis(20), Duration.ofMillis(500));

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final BrokerEnds ends = BrokerEnds.of("kafka", servers, vertx);
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final AtomicInteger allCalls = new AtomicInteger();
  private final BreakerEvents breaker = new BreakerEvents();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void thirtyPercentOfTheKeysAlwaysFailAndTheirMessagesAloneDieAfterTheirAttempts()
      throws Exception {
    Tailrace pool = started(message -> isPoison(message));

    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == MESSAGES);
    DrainReport report = Results.result(pool.drain(new Trigger(Trigger.Kind.SIGTERM, "signal")));

    assertThat(report.exitCode()).isZero();
    assertThat(ends.unfinished()).isZero();
    List<String> letters =
        ends.arrived().stream()
            .map(letter -> Objects.requireNonNull(letter.headers().text(DeadLetterHeaders.ORIGIN)))
            .toList();
    assertThat(letters).doesNotHaveDuplicates().hasSize(MESSAGES * 3 / 10);
    calls.forEach(
        (origin, count) ->
            assertThat(count.get()).as(origin).isEqualTo(letters.contains(origin) ? 4 : 1));
    assertThat(calls).hasSize(MESSAGES);
    assertThat(counts(pool).finished())
        .containsEntry(Finish.DONE, MESSAGES * 7L / 10)
        .containsEntry(Finish.DEAD_LETTERED, MESSAGES * 3L / 10);
  }

  @Test
  void anOutageIsWaitedForAndEndsWithTheFirstProbesAfterIt() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    Tailrace pool = started(message -> away.get());
    await().atMost(PATIENCE).until(() -> breaker.probes() >= 5);

    PoolStatus.PipelineStatus status = Results.result(pool.status()).pipelines().get(0);
    assertThat(status.pausedBy())
        .singleElement()
        .satisfies(why -> assertThat(why).startsWith("breaker: ").contains(" failed; "));
    assertThat(status.state()).isEqualTo(State.PAUSED);
    assertThat(ends.arrived()).isEmpty();

    away.set(false);
    int before = allCalls.get();
    await().atMost(PATIENCE).until(() -> counts(pool).finishedTotal() == MESSAGES);

    // A probe may have been under way when it was cured; the next one is the first that can know.
    assertThat(breaker.callsAtClose - before).as("probes after the cure").isBetween(0, 2);
    DrainReport report = Results.result(pool.drain(new Trigger(Trigger.Kind.SIGTERM, "signal")));
    assertThat(report.exitCode()).isZero();
    assertThat(ends.arrived()).isEmpty();
    assertThat(ends.unfinished()).isZero();
    assertThat(counts(pool).finished()).containsEntry(Finish.DONE, (long) MESSAGES);
    assertThat(Results.result(pool.status()).pipelines().get(0).pausedBy()).isEmpty();
  }

  private Tailrace started(Predicate<Message> fails) throws Exception {
    ends.send(
        IntStream.range(0, MESSAGES)
            .mapToObj(i -> new OutgoingMessage(key(i % KEYS), Buffer.buffer("x"), Headers.empty()))
            .toList());
    MessageHandler handler =
        (message, context) -> {
          calls
              .computeIfAbsent(message.origin().toString(), any -> new AtomicInteger())
              .incrementAndGet();
          allCalls.incrementAndGet();
          return fails.test(message)
              ? Future.failedFuture(new IllegalStateException("away"))
              : Future.succeededFuture(Outcome.done());
        };
    Pipeline pipeline =
        Pipeline.named("failing")
            .handle(handler)
            .retry(QUICKLY)
            .source(ends.reading())
            .deadLetter(ends.deadLetters())
            .events(breaker)
            .build();
    DrainConfig drain = DrainConfig.within(Duration.ofSeconds(8));
    return Results.result(Tailrace.builder(vertx).add(pipeline).drain(drain).build().start());
  }

  private static boolean isPoison(Message message) {
    String key = Objects.requireNonNull(message.key()).toString();
    return Integer.parseInt(key.substring(4)) % 10 < 3;
  }

  private static Buffer key(int i) {
    return Buffer.buffer("key-" + i);
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).values().iterator().next();
  }

  /** Hears of the breaker, on its consumer's loop. */
  private final class BreakerEvents implements PoolEvents {
    private volatile boolean open;
    private volatile int callsAtOpen;
    private volatile int callsAtClose;

    int probes() {
      return open ? allCalls.get() - callsAtOpen : 0;
    }

    @Override
    public void breaker(String pipeline, boolean now, String detail) {
      open = now;
      if (now) {
        callsAtOpen = allCalls.get();
      } else {
        callsAtClose = allCalls.get();
      }
    }
  }
}
