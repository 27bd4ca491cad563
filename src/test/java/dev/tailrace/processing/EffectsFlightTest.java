package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of a message whose handler leaves its effects to the store. */
final class EffectsFlightTest extends ClaimedFlightScene {
  @Test
  void itIsDoneOnceTheStoreHasCarriedThemOut() {
    store.effects(EffectAnswer.of(EffectAnswer.Kind.DONE));
    store.weather(Weather.LOSES_ANSWERS, "carry out");
    fly();
    world.runFor(Duration.ofMinutes(1));
    assertThat(landings).as("its answer is lost").isEmpty();

    store.weather(Weather.CALM);
    world.runFor(Duration.ofMinutes(1));
    Landing.Finished finished = (Landing.Finished) only();
    assertThat(finished.finish()).isEqualTo(Finish.DONE);
    assertThat(finished.detail()).contains("mark=written").contains("with its effects");
    assertThat(store.calls()).noneMatch(call -> call.startsWith("complete"));
  }

  @Test
  void whereItsClaimHasPassedItIsNotFinishedAndAsksAgain() {
    store.effects(EffectAnswer.of(EffectAnswer.Kind.PASSED));
    fly();

    assertThat(((Landing.Again) only()).why()).isEqualTo(Landing.Why.BUSY);
    assertThat(letters.arrived()).isEmpty();
  }

  @Test
  void whatIsRefusedBeforeAnythingWasDoneIsAFailure() {
    store.effects(new EffectAnswer(EffectAnswer.Kind.REFUSED, "WRONGTYPE"));
    fly();

    assertThat(((Landing.Again) only()).reason()).isEqualTo("effects refused: WRONGTYPE");
    assertThat(store.calls()).contains("release 1");
  }

  @Test
  void whatWasCarriedOutInPartIsADeadLetter() {
    store.effects(new EffectAnswer(EffectAnswer.Kind.BROKEN, "WRONGTYPE"));
    fly();

    assertThat(((Landing.Finished) only()).finish()).isEqualTo(Finish.DEAD_LETTERED);
    assertThat(letters.arrived()).hasSize(1);
  }

  @Test
  void aStoreThatCarriesOutNoneMakesItADeadLetterAtOnce() {
    fly();

    Landing.Finished finished = (Landing.Finished) only();
    assertThat(finished.finish()).isEqualTo(Finish.DEAD_LETTERED);
    assertThat(finished.detail()).contains("effects without a store that carries them out");
  }

  @Test
  void effectsThatTheStoreHasNotConfirmedAreNotFinished() {
    store.effects(EffectAnswer.of(EffectAnswer.Kind.DONE));
    ClaimClient client = fly(Weather.AWAY);
    world.runFor(Duration.ofMinutes(1));

    loop.turn(client::stopResending);
    world.runFor(Duration.ofSeconds(1));

    assertThat(only()).isEqualTo(new Landing.Unsettled("effects"));
  }

  private Landing only() {
    assertThat(landings).hasSize(1);
    return landings.get(0);
  }

  private void fly() {
    ClaimClient unused = fly(Weather.CALM);
  }

  /** A flight whose handler ends with effects, in this weather from then on. */
  private ClaimClient fly(Weather later) {
    ClaimClient client = loop.call(() -> new ClaimClient(loop, store, config("worker")));
    Flight flight = flight(client);
    loop.turn(flight::depart);
    world.runFor(Duration.ofSeconds(1));
    if (later != Weather.CALM) {
      store.weather(later);
    }
    loop.turn(() -> handlers.get(0).complete(Outcome.done(Effects.of("INCR", "done"))));
    world.runFor(Duration.ofSeconds(1));
    return client;
  }
}
