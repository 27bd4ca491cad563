package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.message.Decoder;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that cannot be processed ends as a dead letter, and only then lets others pass. */
class PoisonTest {
  private static final Decoder<Integer> NUMBER =
      (body, headers) -> Integer.parseInt(body.toString());

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final InMemorySink letters = new InMemorySink("orders.dlq");
  private final List<String> log = new ArrayList<>();
  private final List<Landing> landings = new ArrayList<>();
  private int calls;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aMessageThatAlwaysFailsIsDeadAfterExactlyItsAttempts(int attempts) {
    Item item = new Item(TestMessage.at(7));
    Crew crew = crew(failing(), attempts, null);

    for (int i = 1; i < attempts; i++) {
      assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
      assertThat(letters.arrived()).isEmpty();
    }

    assertThat(flown(crew, item))
        .isEqualTo(dead("exhausted=" + attempts + " dlq=orders.dlq@0: IllegalStateException"));
    assertThat(calls).isEqualTo(attempts);
    assertThat(letters.arrived()).hasSize(1);
    assertThat(header(DeadLetterHeaders.ATTEMPTS)).hasValue(Integer.toString(attempts));
    assertThat(header(DeadLetterHeaders.REASON)).hasValue("IllegalStateException");
    assertThat(header(DeadLetterHeaders.ORIGIN)).hasValue("orders/1@7");
    Duration failing =
        Duration.between(
            Instant.parse(header(DeadLetterHeaders.FIRST_FAILED_AT).orElseThrow()),
            Instant.parse(header(DeadLetterHeaders.FAILED_AT).orElseThrow()));
    assertThat(failing.toSeconds()).as("one second between two attempts").isEqualTo(attempts - 1L);
  }

  @Test
  void attemptsThatTheStoreKnowsOfCountToo() {
    MemoryStore store = new MemoryStore(loop, MemoryLimits.DEFAULT);
    Item before = new Item(TestMessage.at(7));
    flown(crew(failing(), 3, claiming("record-key", store)), before);
    flown(crew(failing(), 3, claiming("record-key", store)), before);

    Item afterARestart = new Item(TestMessage.at(7));

    Landing last = flown(crew(failing(), 3, claiming("record-key", store)), afterARestart);

    assertThat(last)
        .isInstanceOfSatisfying(
            Landing.Finished.class,
            dead ->
                assertThat(dead.detail())
                    .matches("exhausted=3 dlq=orders.dlq@0 fence=[0-9]+ mark=written: Illegal.*"));
    assertThat(calls).isEqualTo(3);
  }

  @Test
  void aMessageIsFinishedOnlyAfterItsDeadLetterIsAcknowledged() {
    letters.weather(letter -> Reply.unknown(new IllegalStateException("no answer")));
    Item item = new Item(TestMessage.at(7));
    loop.turn(Crews.flight(crew(failing(), 1, null), item, this::landed)::depart);
    world.runFor(Duration.ofMinutes(1));
    assertThat(landings).isEmpty();
    assertThat(letters.requests()).isGreaterThan(1);

    letters.calm();
    world.runFor(Duration.ofMinutes(1));

    assertThat(landings)
        .singleElement()
        .isInstanceOfSatisfying(
            Landing.Finished.class,
            dead ->
                assertThat(dead.detail())
                    .matches("exhausted=1 dlq=orders.dlq@[0-9]+: IllegalStateException"));
    assertThat(log).last().asString().startsWith("dead orders.dlq@");
  }

  @Test
  void aMessageThatDoesNotDecodeIsDeadAtOnceWithItsBytesUntouched() {
    Buffer bytes = Buffer.buffer(new byte[] {0, -1, -2, 10, 127});
    Item item = new Item(TestMessage.at(7).withBody(bytes).with("trace", Buffer.buffer("\u0000x")));
    MessageHandler decoding =
        (message, context) -> {
          calls++;
          return Future.succeededFuture(Outcome.discard("read " + message.decode(NUMBER)));
        };

    assertThat(flown(crew(decoding, 5, null), item))
        .isEqualTo(dead("dlq=orders.dlq@0: DecodeException"));
    assertThat(calls).isEqualTo(1);
    OutgoingMessage letter = letters.arrived().get(0);
    assertThat(letter.body()).isEqualTo(bytes);
    assertThat(letter.key()).isEqualTo(Buffer.buffer("key"));
    assertThat(letter.headers().text("trace")).isEqualTo("\u0000x");
    assertThat(header(DeadLetterHeaders.ERROR_CLASS)).isPresent();
  }

  @Test
  void aTombstoneThatDiesStaysOne() {
    Item item = new Item(TestMessage.at(7).withBody(null).withKey(null));

    flown(crew(failing(), 1, null), item);

    assertThat(letters.arrived())
        .singleElement()
        .satisfies(letter -> assertThat(letter.body()).isNull())
        .satisfies(letter -> assertThat(letter.key()).isNull());
  }

  @Test
  void aMessageWithoutItsIdempotencyHeaderIsDeadBeforeItsHandlerIsCalled() {
    MemoryStore store = new MemoryStore(loop, MemoryLimits.DEFAULT);
    Item item = new Item(TestMessage.at(7));
    Crew crew = crew(failing(), 5, claiming("header:idempotency-key", store));

    assertThat(flown(crew, item)).isEqualTo(dead("dlq=orders.dlq@0: missing idempotency key"));
    assertThat(calls).isZero();
    assertThat(header(DeadLetterHeaders.REASON)).hasValue("missing idempotency key");
  }

  @Test
  void aDeadLetterThatIsRefusedHoldsItsMessageWithAnAlarm() {
    letters.weather(
        letter ->
            Reply.failed(
                new MessageRefusedException("larger than the topic takes", new Exception())));
    Item item = new Item(TestMessage.at(7));

    Landing landing = flown(crew(failing(), 1, null), item);

    assertThat(landing).isInstanceOf(Landing.Again.class);
    assertThat(((Landing.Again) landing).delay()).isEqualTo(policy(1).maxBackoff());
    assertThat(log)
        .containsExactly("alarm DEAD_LETTER_REFUSED orders/1@7: larger than the topic takes");
  }

  @Test
  void aVerdictThatCannotBeCarriedOutIsNoAttempt() {
    letters.weather(
        letter -> Reply.failed(new MessageRefusedException("too large", new RuntimeException())));
    MemoryStore store = new MemoryStore(loop, MemoryLimits.DEFAULT);
    MessageHandler judge =
        (message, context) -> Future.succeededFuture(Outcome.deadLetter("unknown customer"));
    Item item = new Item(TestMessage.at(7));
    flown(crew(judge, 2, claiming("record-key", store)), item);
    flown(crew(judge, 2, claiming("record-key", store)), item);

    Landing first = flown(crew(failing(), 2, claiming("record-key", store)), item);

    assertThat(first).as("the first failure of two").isInstanceOf(Landing.Again.class);
    assertThat(((Landing.Again) first).reason()).isEqualTo("IllegalStateException");
  }

  @Test
  void withoutADestinationAnExhaustedMessageIsTriedAgainWithAnAlarm() {
    Item item = new Item(TestMessage.at(7));
    Crew complete = crew(failing(), 2, null);
    Crew crew =
        new Crew(
            complete.pipeline(),
            loop,
            complete.events(),
            complete.handler(),
            complete.workers(),
            complete.timing(),
            complete.retry(),
            null,
            null);

    assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
    assertThat(log).isEmpty();
    assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
    assertThat(log)
        .containsExactly(
            "alarm DEAD_LETTER_REFUSED orders/1@7: no dead-letter destination for:"
                + " IllegalStateException");
  }

  @Test
  void aHandlerMayCallAMessageDeadItself() {
    MessageHandler judge =
        (message, context) -> Future.succeededFuture(Outcome.deadLetter("unknown customer"));

    assertThat(flown(crew(judge, 5, null), new Item(TestMessage.at(7))))
        .isEqualTo(dead("dlq=orders.dlq@0: unknown customer"));
  }

  private static Landing dead(String detail) {
    return new Landing.Finished(Finish.DEAD_LETTERED, detail);
  }

  private MessageHandler failing() {
    return (message, context) -> {
      calls++;
      return Future.failedFuture(new IllegalStateException("always"));
    };
  }

  private Landing flown(Crew crew, Item item) {
    landings.clear();
    loop.turn(Crews.flight(crew, item, this::landed)::depart);
    world.runFor(Duration.ofSeconds(1));
    assertThat(landings).hasSize(1);
    return landings.get(0);
  }

  private void landed(Flight flight, Landing landing) {
    landings.add(landing);
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(letters.arrived().get(0).headers().text(name));
  }

  private static RetryPolicy policy(int attempts) {
    return new RetryPolicy(attempts, Duration.ofMillis(1), Duration.ofSeconds(1), false, List.of());
  }

  private Crew crew(MessageHandler handler, int attempts, Crew.@Nullable Claiming claims) {
    return new Crew(
        "orders",
        loop,
        new Heard(),
        handler,
        new Workers("orders", 1),
        Crew.Timing.of(Duration.ofSeconds(10)),
        policy(attempts),
        claims,
        new DeadLetters(loop, letters, "orders", "worker-1"));
  }

  private Crew.Claiming claiming(String rule, MemoryStore store) {
    ClaimConfig config =
        ClaimConfig.of("worker", Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
    return new Crew.Claiming(
        KeyRule.parse(rule, OnMissing.DEAD_LETTER), new ClaimClient(loop, store, config), false);
  }

  private final class Heard implements PoolEvents {
    @Override
    public void deadLettered(Subject subject, String reason, String destination) {
      log.add("dead " + destination);
    }

    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      log.add("alarm " + kind + " " + detail);
    }
  }

  private static final class Item extends WorkItem {
    Item(Message message) {
      super(TestDelivery.of(message));
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }
}
