package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatch.Order;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Headers.Header;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.processing.RetryPolicy.Overflow;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three keys of ten always fail, and more of their messages than the pool has room for: per
 * overflow policy each is tried exactly as often as configured and dies once, the others are done
 * once; what waits in a tier of retries is what it was, and does not run before it is due.
 */
final class RetryTiersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final int MESSAGES = 600;
  private static final int KEYS = 200;
  private static final int ATTEMPTS = 4;
  private static final List<Duration> DELAYS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));
  private static final RetryPolicy QUICKLY =
      RetryPolicy.DEFAULT
          .withAttempts(ATTEMPTS)
          .withBackoff(Duration.ofMillis(50), Duration.ofMillis(500))
          .with(BreakerPolicy.OFF);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private @Nullable BrokerEnds broker;
  private final Map<String, List<Call>> calls = new ConcurrentHashMap<>();
  private final Moves moves = new Moves();

  /** What a handler was given, and when. */
  private record Call(int attempt, long nanos, Headers headers, Buffer key, Buffer body) {
    static Call of(Message message, MessageContext context) {
      return new Call(
          context.attempt(),
          System.nanoTime(),
          message.headers(),
          Objects.requireNonNull(message.key()),
          Objects.requireNonNull(message.body()));
    }
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @ParameterizedTest
  @CsvSource({
    "kafka, PAUSE",
    "kafka, DEAD_LETTER",
    "kafka, MOVE",
    "redis, DEAD_LETTER",
    "redis, MOVE"
  })
  void messagesOfAKeyThatFindNoRoomGoAsTheirPolicySaysAndEachDiesOnce(
      String kind, Overflow overflow) throws Exception {
    broker = BrokerEnds.of(kind, servers, vertx);
    Tailrace pool = started(Order.KEY, QUICKLY.with(overflow));
    MessageCounts counts = untilAllHaveEnded(pool);

    long early =
        ends().arrived().stream()
            .map(letter -> letter.headers().text(DeadLetterHeaders.REASON))
            .filter(reason -> reason != null && reason.startsWith("overflow: "))
            .count();
    assertThat(early > 0).isEqualTo(overflow == Overflow.DEAD_LETTER);
    assertThat(finished(counts, Finish.MOVED) > 0).isEqualTo(overflow == Overflow.MOVE);
    assertThat(finished(counts, Finish.DONE)).isEqualTo(MESSAGES * 7L / 10);
    assertThat(finished(counts, Finish.DEAD_LETTERED)).isEqualTo(MESSAGES * 3L / 10);
    diesOnceAfterItsAttempts(overflow == Overflow.DEAD_LETTER);
    nothingRunsBeforeItIsDue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "redis"})
  void whereNothingIsOrderedTheLastAttemptsAreMadeInTheirTiers(String kind) throws Exception {
    broker = BrokerEnds.of(kind, servers, vertx);
    Tailrace pool = started(Order.UNORDERED, QUICKLY);
    MessageCounts counts = untilAllHaveEnded(pool);

    assertThat(finished(counts, Finish.DONE)).isEqualTo(MESSAGES * 7L / 10);
    assertThat(finished(counts, Finish.DEAD_LETTERED)).isEqualTo(MESSAGES * 3L / 10);
    assertThat(finished(counts, Finish.MOVED))
        .as("each goes through two tiers, one that found no room perhaps through the first twice")
        .isBetween(MESSAGES * 6L / 10, MESSAGES * 9L / 10);
    diesOnceAfterItsAttempts(false);
    nothingRunsBeforeItIsDue();
  }

  /** Headers, key and body are told apart from their copies in the retry topics by nothing. */
  private void diesOnceAfterItsAttempts(boolean maybeEarlier) throws Exception {
    List<OutgoingMessage> letters = ends().arrived();
    assertThat(letters)
        .extracting(letter -> letter.headers().text(DeadLetterHeaders.ORIGIN))
        .doesNotHaveDuplicates()
        .hasSize(MESSAGES * 3 / 10);
    assertThat(calls).hasSize(MESSAGES);
    for (OutgoingMessage letter : letters) {
      String origin = Objects.requireNonNull(letter.headers().text(DeadLetterHeaders.ORIGIN));
      List<Call> made = Objects.requireNonNull(calls.remove(origin));
      int attempts =
          maybeEarlier ? Integer.parseInt(text(letter, DeadLetterHeaders.ATTEMPTS)) : ATTEMPTS;
      assertThat(made)
          .as(origin)
          .extracting(Call::attempt)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, attempts).boxed().toList());
      assertThat(text(letter, DeadLetterHeaders.ATTEMPTS)).isEqualTo(Integer.toString(attempts));
      int number = number(Objects.requireNonNull(letter.body()));
      for (Call call : made) {
        assertThat(call.headers()).isEqualTo(headers(number));
        assertThat(call.key()).isEqualTo(letter.key()).isEqualTo(key(number));
        assertThat(call.body()).isEqualTo(letter.body());
      }
      assertThat(list(letter.headers())).startsWith(list(headers(number)).toArray(Header[]::new));
    }
    calls.forEach((origin, made) -> assertThat(made).as(origin).hasSize(1));
  }

  private void nothingRunsBeforeItIsDue() {
    for (Move move : moves.all()) {
      assertThat(move.nanos()).as("%s", move).isGreaterThanOrEqualTo(move.delay().toNanos());
    }
  }

  private MessageCounts untilAllHaveEnded(Tailrace pool) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              MessageCounts now = counts(pool);
              return now.finishedTotal() - finished(now, Finish.MOVED) == MESSAGES;
            });
    DrainReport report = Results.result(pool.drain(SIGTERM));
    assertThat(report.exitCode()).isZero();
    assertThat(ends().unfinished()).isZero();
    assertThat(ends().unfinishedInTiers()).isZero();
    return counts(pool);
  }

  private Tailrace started(Order order, RetryPolicy retry) throws Exception {
    List<RetryTier> tiers = ends().tiers(DELAYS);
    ends()
        .send(
            IntStream.range(0, MESSAGES)
                .mapToObj(
                    i -> new OutgoingMessage(key(i), Buffer.buffer("message " + i), headers(i)))
                .toList());
    Pipeline pipeline =
        Pipeline.named("failing")
            .handle(handler())
            .order(order)
            .limits(new PipelineLimits(64, 512, 64 << 20, 12))
            .retry(retry)
            .source(ends().reading())
            .deadLetter(ends().deadLetters())
            .retryTiers(tiers)
            .events(moves)
            .build();
    DrainConfig drain = DrainConfig.within(Duration.ofSeconds(8));
    return Results.result(Tailrace.builder(vertx).add(pipeline).drain(drain).build().start());
  }

  private MessageHandler handler() {
    return (message, context) -> {
      calls
          .computeIfAbsent(
              message.origin().toString(), any -> Collections.synchronizedList(new ArrayList<>()))
          .add(Call.of(message, context));
      boolean fails = number(Objects.requireNonNull(message.body())) % KEYS % 10 < 3;
      return vertx
          .timer(2, TimeUnit.MILLISECONDS)
          .compose(
              later ->
                  fails
                      ? Future.failedFuture(new IllegalStateException("always"))
                      : Future.succeededFuture(Outcome.done()));
    };
  }

  private BrokerEnds ends() {
    return Objects.requireNonNull(broker);
  }

  private static int number(Buffer body) {
    return Integer.parseInt(body.toString().substring("message ".length()));
  }

  private static Buffer key(int i) {
    return Buffer.buffer("key-" + i % KEYS);
  }

  /** Bytes that are no text, a name that occurs twice, an empty value and none. */
  private Headers headers(int i) {
    return Headers.of(
        List.of(
            new Header("trace", Buffer.buffer(new byte[] {0, -1, (byte) i})),
            new Header("trace", Buffer.buffer("second")),
            new Header("empty", Buffer.buffer()),
            new Header("none", ends().noValue()),
            new Header(
                "traceparent",
                Buffer.buffer("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))));
  }

  private static List<Header> list(Headers headers) {
    List<Header> list = new ArrayList<>();
    headers.forEach(list::add);
    return list;
  }

  private static String text(OutgoingMessage letter, String header) {
    return Objects.requireNonNull(letter.headers().text(header));
  }

  private static long finished(MessageCounts counts, Finish how) {
    return counts.finished().getOrDefault(how, 0L);
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).values().iterator().next();
  }

  /**
   * A message that was moved.
   *
   * @param nanos since when it waits, or how long it waited where it has begun again
   */
  private record Move(String origin, Duration delay, long nanos) {
    Move until(long now) {
      return new Move(origin, delay, now - nanos);
    }
  }

  /** From the handler's end to the start in the tier, by this machine's one clock. */
  private static final class Moves implements PoolEvents {
    private final Map<String, Long> failed = new ConcurrentHashMap<>(); // by origin, in nanoseconds
    private final Map<String, Move> moved = new ConcurrentHashMap<>(); // by origin
    private final List<Move> all = Collections.synchronizedList(new ArrayList<>());

    List<Move> all() {
      synchronized (all) {
        return List.copyOf(all);
      }
    }

    @Override
    public void handled(Subject subject, long nanos, String outcome) {
      failed.put(origin(subject), System.nanoTime());
    }

    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      if (finish == Finish.MOVED) {
        long since = Objects.requireNonNull(failed.get(origin(subject)));
        boolean again = !subject.position().equals(subject.message().origin());
        Duration delay = DELAYS.get(again && subject.attempt() == ATTEMPTS - 1 ? 1 : 0);
        moved.put(origin(subject), new Move(origin(subject), delay, since));
      }
    }

    @Override
    public void started(Subject subject) {
      Move move = moved.remove(origin(subject));
      if (move != null) {
        all.add(move.until(System.nanoTime()));
      }
    }

    private static String origin(Subject subject) {
      return subject.message().origin().toString();
    }
  }
}
