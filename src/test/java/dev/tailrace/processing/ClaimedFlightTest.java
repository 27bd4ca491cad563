package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a flight does with the claim that it has won, however it ends. */
final class ClaimedFlightTest extends ClaimedFlightScene {
  private final ClaimClient client = new ClaimClient(loop, store, config("worker"));

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
}
