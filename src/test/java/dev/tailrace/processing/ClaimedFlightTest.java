package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.ScriptedStore;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a flight does with the claim that it has won, however it ends. */
final class ClaimedFlightTest {
  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final ScriptedStore store =
      new ScriptedStore(new MemoryStore(loop, MemoryLimits.DEFAULT));
  private final ClaimClient client = new ClaimClient(loop, store, config("worker"));
  private final InMemorySink letters = new InMemorySink("orders.dlq");
  private final List<Promise<Outcome>> handlers = new ArrayList<>();
  private final List<Landing> landings = new ArrayList<>();

  @Test
  void workThatMustNotStartGivesItsClaimBack() {
    Flight forbidden = flight(client);
    loop.turn(
        () -> {
          forbidden.depart();
          forbidden.forbidStart();
        });
    world.runFor(Duration.ofSeconds(1));
    assertThat(handlers).isEmpty();
    assertThat(landings).singleElement().isInstanceOf(Landing.Released.class);

    Flight elsewhere = flight(new ClaimClient(loop, store, config("another")));
    loop.turn(elsewhere::depart);
    world.runFor(Duration.ofSeconds(1)); // much less than a lease
    assertThat(handlers).hasSize(1);
  }

  @Test
  void whatEndsWellAfterItWasAskedToCancelIsDone() {
    Flight flight = flight(client);
    loop.turn(flight::depart);
    world.runFor(Duration.ofSeconds(1));
    loop.turn(() -> flight.cancel(CancelReason.REVOKED));
    loop.turn(() -> handlers.get(0).complete(Outcome.done()));
    world.runFor(Duration.ofSeconds(1));
    assertThat(landings)
        .singleElement()
        .isInstanceOfSatisfying(
            Landing.Finished.class, done -> assertThat(done.finish()).isEqualTo(Finish.DONE));
  }

  @Test
  void aMessageWhoseMarkWasGivenUpIsNotFinished() {
    Flight flight = flight(client);
    loop.turn(flight::depart);
    world.runFor(Duration.ofSeconds(1));
    store.weather(Weather.AWAY);
    loop.turn(() -> handlers.get(0).complete(Outcome.done()));
    world.runFor(Duration.ofMinutes(1));
    assertThat(landings).as("the mark is sent again for as long as the pool runs").isEmpty();

    loop.turn(client::stopResending);
    world.runFor(Duration.ofSeconds(1));
    assertThat(landings).singleElement().isEqualTo(new Landing.Unsettled("mark"));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void whatAHandlerBringsThatADrainHasLeftChangesNothing(Outcome late) {
    Flight flight = flight(client);
    loop.turn(flight::depart);
    world.runFor(Duration.ofSeconds(1));
    loop.turn(flight::leave);
    store.forgetCalls();
    loop.turn(() -> handlers.get(0).complete(late));
    world.runFor(Duration.ofSeconds(1));
    assertThat(landings).singleElement().isEqualTo(new Landing.Unsettled("handling"));
    assertThat(store.calls()).isEmpty();
    assertThat(letters.arrived()).isEmpty();
  }

  static List<Outcome> endings() {
    return List.of(Outcome.done(), Outcome.deadLetter("unknown customer"), Outcome.retry("later"));
  }

  @Test
  void theMarkIsWrittenBeforeTheMessageIsFinished() {
    Flight flight = flight(client);
    loop.turn(flight::depart);
    world.runFor(Duration.ofSeconds(1));
    store.weather(Weather.AWAY);
    loop.turn(() -> handlers.get(0).complete(Outcome.done()));
    world.runFor(Duration.ofSeconds(30));
    assertThat(landings).isEmpty();

    store.weather(Weather.CALM);
    world.runFor(Duration.ofSeconds(30));
    assertThat(landings).singleElement().isInstanceOf(Landing.Finished.class);
  }

  private Flight flight(ClaimClient claims) {
    return Crews.flight(crew(claims), new Item(TestMessage.at(7)), (own, end) -> landings.add(end));
  }

  private Crew crew(ClaimClient claims) {
    return new Crew(
        "orders",
        loop,
        new PoolEvents() {},
        (MessageHandler)
            (message, context) -> {
              Promise<Outcome> ending = Promise.promise();
              handlers.add(ending);
              return ending.future();
            },
        new Workers("orders", 1),
        Crew.Timing.of(Duration.ofMinutes(10)),
        RetryPolicy.DEFAULT,
        new Crew.Claiming(KeyRule.parse("record-key", OnMissing.DEAD_LETTER), claims, false),
        new DeadLetters(loop, letters, "orders", "worker-1"));
  }

  private static ClaimConfig config(String owner) {
    return ClaimConfig.of(owner, Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
  }

  private static final class Item extends WorkItem {
    Item(Message message) {
      super(TestDelivery.of(message)); // which a flight neither settles nor releases
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }
}
