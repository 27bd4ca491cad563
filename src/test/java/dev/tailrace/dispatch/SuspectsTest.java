package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.MessageRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that may have ended a process run alone in the pool, and hold nobody up for ever. */
final class SuspectsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration WITH_GRACE = Duration.ofSeconds(16);

  private final Simulation world = Simulation.seeded(1);
  private final Solitude solitude = new Solitude();
  private final List<String> log = new ArrayList<>();
  private final HandledConsumer orders = consumer("orders");
  private final HandledConsumer payments = consumer("payments");

  @Test
  void oneSuspicionHoldsNobodyBack() {
    orders.suspect("a", 1);
    orders.deliver("a", "b");

    assertThat(log).containsExactly("orders a starts", "orders b starts");
  }

  @Test
  void aSuspectRunsWhenNothingElseDoesAndWhatComesAfterItWaits() {
    orders.suspect("b", 2);
    orders.deliver("a");
    payments.deliver("x");
    log.clear();
    orders.deliver("b", "c");
    payments.deliver("y");
    assertThat(log).containsExactly("orders suspended", "payments suspended");
    assertThat(orders.loop.call(orders.dispatcher::suspended)).isPresent();

    orders.end("a");
    assertThat(log).as("payments still work").doesNotContain("orders b starts");
    payments.end("x");
    assertThat(log).containsOnlyOnce("orders SUSPECT", "orders b starts");
    assertThat(log).doesNotContain("orders c starts", "payments y starts");
    assertThat(orders.store.calls()).as("before its start").contains("alone 1");

    orders.end("b");
    assertThat(log).contains("payments y starts");
    world.runFor(Duration.ofSeconds(2)); // it had its claim already, and gave it back
    assertThat(log).contains("orders c starts");
    assertThat(orders.loop.call(orders.dispatcher::suspended)).isEmpty();
  }

  @Test
  void suspectsOfSeveralConsumersRunOneAfterTheOther() {
    orders.suspect("a", 2);
    orders.suspect("b", 3);
    payments.suspect("x", 2);
    orders.deliver("a", "b");
    payments.deliver("x");
    for (int i = 0; i < 3; i++) {
      for (int tenths = 0; tenths < 50 && running().isEmpty(); tenths++) {
        world.runFor(Duration.ofMillis(100));
      }
      List<String> running = running();
      assertThat(running).hasSize(1);
      (running.get(0).equals("x") ? payments : orders).end(running.get(0));
    }
    assertThat(log).contains("orders a done", "orders b done", "payments x done");
  }

  @Test
  void aSuspectThatHasUsedUpItsAttemptsIsDeadWithoutAnotherCall() {
    orders.suspect("a", 2);
    for (int i = 0; i < 3; i++) {
      orders.endAlone("a");
    }
    orders.deliver("a");

    assertThat(running()).isEmpty();
    assertThat(orders.letters.arrived())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.headers().text(DeadLetterHeaders.REASON))
                  .isEqualTo("ended its process");
              assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("3");
            });
  }

  @Test
  void whatHasUsedUpItsAttemptsIsNotCalledWhereItsLetterIsRefusedAndTheStoreForgets() {
    orders.suspect("a", 2);
    for (int i = 0; i < 3; i++) {
      orders.endAlone("a");
    }
    orders.letters.weather(
        letter -> Reply.failed(new MessageRefusedException("too large", new RuntimeException())));
    orders.deliver("a");
    orders.store.replace(new MemoryStore(orders.loop, MemoryLimits.DEFAULT));
    world.runFor(Duration.ofMinutes(2));
    assertThat(running()).isEmpty();

    orders.letters.calm();
    world.runFor(Duration.ofMinutes(2));
    assertThat(running()).isEmpty();
    assertThat(orders.letters.arrived())
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("3"));
  }

  @Test
  void suspicionsAreNoAttempts() {
    orders.suspect("a", 7);
    orders.endAlone("a");
    orders.deliver("a");
    assertThat(orders.attempts).containsEntry("a", 2);
  }

  @Test
  void aSuspectThatIsNotAloneInTimeLetsTheOthersGoOnAndComesAgain() {
    payments.deliver("stuck");
    orders.suspect("a", 2);
    orders.deliver("a", "b");
    assertThat(log).doesNotContain("orders b starts");

    world.runFor(WITH_GRACE);
    assertThat(log).contains("orders b starts").doesNotContain("orders a starts");
    orders.end("b");
    payments.end("stuck");
    world.runFor(Duration.ofMinutes(1));
    assertThat(log).contains("orders a starts");
  }

  @Test
  void aSuspectThatOverstaysItsTimeHoldsNobodyUpAnyMore() {
    orders.suspect("a", 2);
    orders.deliver("a", "b");
    payments.deliver("x");
    assertThat(running()).containsExactly("a");

    world.runFor(WITH_GRACE);

    assertThat(running()).contains("a", "b", "x");
  }

  @Test
  void afterASuspectThatIsStuckTheOthersGoOnForAsLongAsTheyWereHeld() {
    orders.suspect("a", 2);
    orders.suspect("b", 2);
    orders.deliver("a", "b");
    world.runFor(WITH_GRACE);
    assertThat(running()).containsExactly("a");

    orders.deliver("c");
    payments.deliver("x");
    assertThat(running()).contains("c", "x");
    orders.end("a");
    orders.end("c");
    payments.end("x");
    world.runFor(TIMEOUT);
    payments.deliver("y");
    assertThat(running()).containsExactly("y");

    payments.end("y");
    world.runFor(TIMEOUT);
    assertThat(running()).containsExactly("b");
  }

  @Test
  void whileManySuspectsRunOneAfterTheOtherTheOthersHaveHalfOfTheTime() {
    String[] many = {"a", "b", "c", "d", "e", "f", "g", "h"};
    for (String suspect : many) {
      orders.suspect(suspect, 2);
    }
    orders.deliver(many);
    payments.deliver("x");
    assertThat(running()).hasSize(1).doesNotContain("x");
    int ended = 0;
    while (!running().contains("x")) {
      world.runFor(Duration.ofSeconds(5));
      running().stream().filter(key -> !key.equals("x")).forEach(orders::end);
      ended++;
    }
    assertThat(ended).as("15 s, of 5 s each").isEqualTo(3);

    payments.end("x");
    payments.deliver("y");
    assertThat(running()).containsExactly("y");
    payments.end("y");
    world.runFor(WITH_GRACE.plusSeconds(5));
    assertThat(running()).hasSize(1);
  }

  @Test
  void aSuspectWhoseCountIsNotWrittenDoesNotStart() {
    orders.suspect("a", 2);
    orders.store.weather(Weather.AWAY, "alone");
    orders.deliver("a", "b");
    assertThat(running()).isEmpty();

    world.runFor(WITH_GRACE);
    assertThat(running()).containsExactly("b");

    orders.end("b");
    orders.store.weather(Weather.CALM);
    world.runFor(Duration.ofMinutes(1));
    assertThat(running()).containsExactly("a");
  }

  @Test
  void aSuspectWhoseCountIsWrittenLateHasItsWholeTimeAlone() {
    orders.suspect("a", 2);
    orders.store.weather(Weather.AWAY, "alone");
    orders.deliver("a", "b");
    payments.deliver("x");
    world.runFor(TIMEOUT);
    orders.store.weather(Weather.CALM);
    world.runFor(TIMEOUT);
    assertThat(running()).containsExactly("a");

    world.runFor(WITH_GRACE);
    assertThat(running()).contains("a", "b", "x");
  }

  @Test
  void aDrainReleasesASuspectThatWaits() {
    payments.deliver("x");
    orders.suspect("a", 2);
    orders.deliver("a");
    orders.loop.turn(
        () ->
            orders.dispatcher.quiesce(Scope.all(), QuiescePlan.immediate(Duration.ofMillis(500))));
    world.runFor(Duration.ofSeconds(1));

    assertThat(log).contains("orders a released");
    payments.deliver("y");
    assertThat(running()).contains("x", "y");
  }

  @Test
  void nobodyWaitsForAConsumerThatIsGone() {
    payments.deliver("stuck");
    payments.loop.turn(payments.dispatcher::close);
    orders.suspect("a", 2);
    orders.deliver("a");

    assertThat(running()).contains("a");
  }

  private HandledConsumer consumer(String name) {
    return new HandledConsumer(name, TIMEOUT, world, solitude, log);
  }

  private List<String> running() {
    List<String> all = new ArrayList<>(orders.running.keySet());
    all.addAll(payments.running.keySet());
    return all;
  }
}
