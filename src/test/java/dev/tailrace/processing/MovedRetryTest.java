package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.RetryPolicy.Overflow;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.RetryHeaders;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.sink.RetryTiers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Retried;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A failed message waits where its policy says: in the pool, or in a tier of retries. */
class MovedRetryTest {
  private static final int ATTEMPTS = 5;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN = Duration.ofMinutes(10);

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final InMemorySink minute = new InMemorySink("orders.retry.1m");
  private final InMemorySink ten = new InMemorySink("orders.retry.10m");
  private final InMemorySink letters = new InMemorySink("orders.dlq");
  private final MemoryStore store = new MemoryStore(loop, MemoryLimits.DEFAULT);
  private final List<String> alarms = new ArrayList<>();
  private final List<Landing> landings = new ArrayList<>();
  private @Nullable Duration asked;
  private boolean room = true;
  private int calls;
  private @Nullable String snoozes; // the next call, and where it goes on
  private final List<String> resumed = new ArrayList<>();

  @Test
  void withoutAnOrderTheLastAttemptsAreMadeInTiersAndAllAreCounted() {
    Crew crew = crew(Overflow.PAUSE, false, null);
    Item item = new Item(TestDelivery.of(TestMessage.at(7)));

    assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
    assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
    assertThat(flown(crew, item)).isEqualTo(moved("orders.retry.1m@0"));
    Item first = new Item(new FromTier(minute.arrived().get(0), "orders.retry.1m/0"));
    assertThat(flown(crew, first)).isEqualTo(moved("orders.retry.10m@0"));
    Item second = new Item(new FromTier(ten.arrived().get(0), "orders.retry.10m/0"));
    assertThat(flown(crew, second))
        .isEqualTo(
            new Landing.Finished(
                Finish.DEAD_LETTERED, "exhausted=5 dlq=orders.dlq@0: IllegalStateException"));

    assertThat(calls).isEqualTo(ATTEMPTS);
    assertThat(letters.arrived())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.headers().text(DeadLetterHeaders.ORIGIN)).isEqualTo("orders/1@7");
              assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("5");
              assertThat(letter.headers().text(DeadLetterHeaders.ORIGIN_TIMESTAMP))
                  .isEqualTo("1970-01-01T00:00:00Z");
            });
  }

  @Test
  void itIsFinishedOnlyAfterItsTierHasAcknowledgedIt() {
    minute.weather(message -> Reply.unknown(new IllegalStateException("no answer")));
    room = false;
    Crew crew = crew(Overflow.MOVE, true, null);
    Item item = new Item(TestDelivery.of(TestMessage.at(7)));
    loop.turn(Crews.flight(crew, item, new Ends())::depart);
    world.runFor(MINUTE);
    assertThat(landings).isEmpty();
    assertThat(minute.requests()).isGreaterThan(1);

    minute.calm();
    world.runFor(MINUTE);

    assertThat(landings)
        .singleElement()
        .isInstanceOfSatisfying(
            Landing.Finished.class,
            landing -> assertThat(landing.finish()).isEqualTo(Finish.MOVED));
  }

  @ParameterizedTest
  @EnumSource(Overflow.class)
  void whereOthersWaitBehindItItMovesOnlyForWantOfRoomAndByChoice(Overflow overflow) {
    Crew crew = crew(overflow, true, null);
    Item item = new Item(TestDelivery.of(TestMessage.at(7)));
    for (int i = 1; i < ATTEMPTS - 1; i++) {
      assertThat(flown(crew, item)).isInstanceOf(Landing.Again.class);
    }
    room = false;

    Landing landing = flown(crew, item);

    switch (overflow) {
      case PAUSE -> assertThat(landing).isInstanceOf(Landing.Again.class);
      case DEAD_LETTER -> assertThat(letters.arrived()).hasSize(1);
      case MOVE -> assertThat(landing).isEqualTo(moved("orders.retry.1m@0"));
    }
  }

  @Test
  void whatCameThroughATierGoesOnInTiersWhateverTheOrder() {
    Crew crew = crew(Overflow.MOVE, true, null);
    room = false;
    flown(crew, new Item(TestDelivery.of(TestMessage.at(7))));
    room = true;

    Item again = new Item(new FromTier(minute.arrived().get(0), "orders.retry.1m/0"));

    assertThat(again.attempt()).as("failures so far").isEqualTo(1);
    assertThat(flown(crew, again)).isEqualTo(moved("orders.retry.1m@1"));
    assertThat(RetryTicket.read(minute.arrived().get(1).headers()).orElseThrow().failures())
        .isEqualTo(2);
  }

  @Test
  void aDelayThatTheHandlerAsksForChoosesTheTier() {
    Crew crew = crew(Overflow.PAUSE, false, null);
    asked = Duration.ofSeconds(59);
    assertThat(flown(crew, new Item(TestDelivery.of(TestMessage.at(1)))))
        .isEqualTo(new Landing.Again(asked, "later", Landing.Why.RETRY));
    asked = MINUTE;
    assertThat(flown(crew, new Item(TestDelivery.of(TestMessage.at(2)))))
        .isEqualTo(new Landing.Finished(Finish.MOVED, "moved=orders.retry.1m@0: later"));
    asked = Duration.ofMinutes(2);
    assertThat(flown(crew, new Item(TestDelivery.of(TestMessage.at(3)))))
        .isEqualTo(new Landing.Finished(Finish.MOVED, "moved=orders.retry.10m@0: later"));

    RetryTicket ticket = RetryTicket.read(ten.arrived().get(0).headers()).orElseThrow();
    assertThat(Duration.between(ticket.firstFailed(), ticket.due())).isEqualTo(asked);
  }

  @Test
  void theStoreHasCountedTheFailureAndGivenTheKeyBackBeforeThePositionMayPass() {
    Crew crew = crew(Overflow.MOVE, true, claiming(store));
    room = false;

    assertThat(flown(crew, new Item(TestDelivery.of(TestMessage.at(7)))))
        .isInstanceOf(Landing.Finished.class);
    // The same message once more, as after a death before the commit.
    room = true;
    flown(crew, new Item(TestDelivery.of(TestMessage.at(7))));
    Item copy = new Item(new FromTier(minute.arrived().get(0), "orders.retry.1m/0"));
    flown(crew, copy);

    assertThat(copy.failures()).as("one key, one count, wherever it fails").isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "memory", "lasting"})
  void whereToGoOnTravelsThroughATierSaveWhereAStoreKeepsItForOthers(String kept) {
    String where = "page 3";
    boolean lasting = kept.equals("lasting");
    IdempotencyStore outliving = // the process, as its records would
        but(IdempotencyStore.class, store, "grade", () -> IdempotencyStore.Grade.B);
    Crew.Claiming claims = kept.equals("none") ? null : claiming(lasting ? outliving : store);
    Crew crew = crew(Overflow.MOVE, true, claims);
    room = false;
    snoozes = where;
    Item item = new Item(TestDelivery.of(TestMessage.at(7)));
    assertThat(flown(crew, item))
        .isEqualTo(new Landing.Again(Duration.ZERO, "snoozed", Landing.Why.SNOOZE));

    assertThat(flown(crew, item)).isInstanceOf(Landing.Finished.class);
    OutgoingMessage carrier = minute.arrived().get(0);
    flown(crew, new Item(new FromTier(carrier, "orders.retry.1m/0")));
    flown(crew, new Item(new FromTier(minute.arrived().get(1), "orders.retry.1m/1")));

    assertThat(resumed)
        .as("each start, over failures and tiers")
        .containsExactly("", where, where, where);
    assertThat(carrier.headers().text(RetryHeaders.RESUME)).isEqualTo(lasting ? null : where);
    assertThat(RetryTicket.own(carrier.headers())).as("what its handler sees").isEmpty();
  }

  @Test
  void aSnoozeFromTheBeginningHoldsInTheTierToo() {
    Crew crew = crew(Overflow.MOVE, true, null);
    room = false;
    snoozes = "page 3";
    Item item = new Item(TestDelivery.of(TestMessage.at(7)));
    flown(crew, item);
    snoozes = "";
    flown(crew, item);
    flown(crew, item);

    assertThat(RetryTicket.read(minute.arrived().get(0).headers()).orElseThrow().resume()).isNull();
  }

  @Test
  void whatNoTierTakesWaitsInThePoolWithAnAlarm() {
    minute.weather(
        message -> Reply.failed(new MessageRefusedException("too large", new RuntimeException())));
    room = false;

    assertThat(flown(crew(Overflow.MOVE, true, null), new Item(TestDelivery.of(TestMessage.at(7)))))
        .isInstanceOf(Landing.Again.class);

    assertThat(alarms).containsExactly("MOVE_REFUSED orders/1@7: too large");
  }

  @ParameterizedTest
  @EnumSource(Overflow.class)
  void whatAnotherMayHaveWhenItsHandlerEndsStaysWhereItIs(Overflow overflow) {
    asked = MINUTE;
    room = false;
    Delivery held = TestDelivery.of(TestMessage.at(7));
    Item item = new Item(but(Delivery.class, held, "mayStart", () -> calls == 0));

    assertThat(flown(crew(overflow, false, null), item)).isInstanceOf(Landing.Again.class);

    assertThat(minute.requests() + ten.requests() + letters.requests()).isZero();
  }

  private static Landing moved(String to) {
    return new Landing.Finished(Finish.MOVED, "moved=" + to + ": IllegalStateException");
  }

  private Landing flown(Crew crew, Item item) {
    landings.clear();
    loop.turn(Crews.flight(crew, item, new Ends())::depart);
    world.runFor(Duration.ofSeconds(1));
    return landings.get(0);
  }

  private Crew crew(Overflow overflow, boolean ordered, Crew.@Nullable Claiming claims) {
    RetryTiers tiers =
        loop.call(
            () ->
                new RetryTiers(
                    loop,
                    "orders",
                    List.of(new RetryTiers.Tier(MINUTE, minute), new RetryTiers.Tier(TEN, ten))));
    MessageHandler handler =
        (message, context) -> {
          calls++;
          resumed.add(context.resume().orElse(""));
          String where = snoozes;
          if (where != null) {
            snoozes = null;
            return Future.succeededFuture(
                where.isEmpty()
                    ? Outcome.snooze(Duration.ZERO)
                    : Outcome.snooze(Duration.ZERO, where));
          }
          return asked == null
              ? Future.failedFuture(new IllegalStateException("always"))
              : Future.succeededFuture(new Outcome.Retry("later", asked, null));
        };
    return new Crew(
            "orders",
            loop,
            new Heard(),
            handler,
            new Workers("orders", 1),
            Crew.Timing.of(Duration.ofSeconds(10)),
            RetryPolicy.DEFAULT.withAttempts(ATTEMPTS).with(overflow),
            claims,
            new DeadLetters(loop, letters, "orders", "worker-1"))
        .with(new Crew.Moving(tiers, ordered));
  }

  /** The same, save for the answer of one method. */
  private static <T> T but(Class<T> type, T real, String name, Supplier<Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getName().equals(name) ? answer.get() : method.invoke(real, arguments)));
  }

  private Crew.Claiming claiming(IdempotencyStore claimed) {
    ClaimConfig config =
        ClaimConfig.of("worker", Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
    return new Crew.Claiming(
        KeyRule.parse("position", OnMissing.DEAD_LETTER),
        new ClaimClient(loop, claimed, config),
        false);
  }

  private final class Ends implements Landings {
    @Override
    public void landed(Flight flight, Landing landing) {
      landings.add(landing);
    }

    @Override
    public boolean mayPark(WorkItem item) {
      return room;
    }
  }

  private final class Heard implements PoolEvents {
    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      alarms.add(kind + " " + detail);
    }
  }

  private static final class Item extends WorkItem {
    Item(Delivery delivery) {
      super(delivery);
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }

  /** A message as it comes back from where it was moved to. */
  private record FromTier(OutgoingMessage carrier, String tier) implements Delivery {
    @Override
    public Message message() {
      RetryTicket ticket = RetryTicket.read(carrier.headers()).orElseThrow();
      return new TestMessage(
          ticket.origin(),
          carrier.key(),
          carrier.body(),
          RetryTicket.own(carrier.headers()),
          ticket.timestamp());
    }

    @Override
    public Retried retried() {
      RetryTicket ticket = RetryTicket.read(carrier.headers()).orElseThrow();
      return new Retried(ticket.failures(), ticket.firstFailed(), ticket.due(), ticket.resume());
    }

    @Override
    public Partition partition() {
      return new Partition(tier, 1);
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public boolean finishedBefore() {
      return false;
    }

    @Override
    public void settle() {
      throw new AssertionError("settling is the dispatcher's");
    }

    @Override
    public void release() {
      throw new AssertionError("releasing is the dispatcher's");
    }
  }
}
