package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.DecodeException;
import dev.tailrace.message.Decoder;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlightTest {
  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final List<String> alarms = new ArrayList<>();
  private final List<Landing> landings = new ArrayList<>();
  private @Nullable MessageContext seen;

  @Test
  void aHandlerWhoseFutureIsCompleteLandsInTheSameTurn() {
    fly((message, context) -> Future.succeededFuture(Outcome.done()));

    assertThat(landings).containsExactly(Landing.Finished.of(Finish.DONE, ""));
  }

  @Test
  void aHandlerThatThrowsIsRetriedAfterTheBackoff() {
    fly(
        (message, context) -> {
          throw new IllegalStateException("broken");
        });

    assertThat(again().why()).isEqualTo(Landing.Why.RETRY);
    assertThat(again().reason()).isEqualTo("IllegalStateException");
    assertThat(again().delay()).isBetween(Duration.ZERO, Duration.ofMillis(200));
  }

  @Test
  void exhaustedMemoryFailsTheMessageAndIsToldToWhoeverRunsTheLoop() {
    OutOfMemoryError exhausted = new OutOfMemoryError("planted");
    loop.turn(flight((message, context) -> Future.failedFuture(exhausted), item())::depart);

    assertThatThrownBy(world::run).hasRootCause(exhausted);
    assertThat(again().why()).isEqualTo(Landing.Why.RETRY);
  }

  @Test
  void aNullFutureAndANullOutcomeCountAsFailures() {
    fly((message, context) -> nothing());
    fly((message, context) -> Future.succeededFuture(nothing()));

    assertThat(landings)
        .hasSize(2)
        .allSatisfy(
            landing -> {
              assertThat(landing).isInstanceOf(Landing.Again.class);
              assertThat(((Landing.Again) landing).reason()).isEqualTo("NullPointerException");
            });
  }

  @Test
  void aDelayAskedForIsKept() {
    fly((message, context) -> Future.succeededFuture(Outcome.retry("429", Duration.ofSeconds(7))));

    assertThat(again().delay()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void whatABlockingHandlerThrowsIsRetried() {
    BlockingHandler handler =
        (message, context) -> {
          seen = context;
          throw new InterruptedException("interrupted");
        };
    loop.turn(flightOf(handler, item())::depart);
    world.run();

    assertThat(again().why()).isEqualTo(Landing.Why.RETRY);
    assertThat(seen).isNotNull();
  }

  @Test
  void aHandlerThatNeverEndsKeepsItsPermitAndIsNamedAsStuck() {
    Flight flight = flight((message, context) -> Promise.<Outcome>promise().future(), item());
    loop.turn(flight::depart);
    checkTimeAfter(flight, Duration.ofSeconds(1));

    assertThat(flight.cancelled()).as("asked to cancel at its time-out").isTrue();
    assertThat(flight.isStuck()).isFalse();

    checkTimeAfter(flight, Duration.ofMillis(1_100));

    assertThat(flight.isStuck()).as("past time-out and grace").isTrue();
    assertThat(alarms).singleElement().asString().startsWith("STUCK orders/1@7 runs for");
    assertThat(landings).as("and it still holds its permit").isEmpty();
  }

  @Test
  void aHandlerThatBlocksItsEventLoopIsNamedWithItsTimeWhetherItReturnsOrThrows() {
    fly(
        (message, context) -> {
          world.block(Duration.ofMillis(2_500));
          return Future.succeededFuture(Outcome.done());
        });
    fly(
        (message, context) -> {
          world.block(Duration.ofSeconds(3));
          throw new IllegalStateException("late");
        });

    assertThat(alarms)
        .containsExactly(
            "BLOCKED orders/1@7 blocked its event loop for 2500 ms",
            "BLOCKED orders/1@7 blocked its event loop for 3000 ms");
    assertThat(landings).as("and each still ends as it would have").hasSize(2);
  }

  @Test
  void aHandlerThatWaitsWithoutItsEventLoopIsNotCalledBlocking() {
    BlockingHandler onWorker =
        (message, context) -> {
          world.block(Duration.ofSeconds(3));
          return Outcome.done();
        };
    loop.turn(flightOf(onWorker, item())::depart);
    world.run();

    assertThat(landings).hasSize(1);
    assertThat(alarms).isEmpty();
  }

  @Test
  void theCancellationCompletesWithTheFirstReasonOnly() {
    List<CancelReason> reasons = new ArrayList<>();
    Flight flight =
        flight(
            (message, context) -> {
              context.cancellation().onSuccess(reasons::add);
              return Promise.<Outcome>promise().future();
            },
            item());
    loop.turn(flight::depart);
    loop.turn(() -> flight.cancel(CancelReason.REVOKED));
    loop.turn(() -> flight.cancel(CancelReason.FORCED));
    flight.cancellation().onSuccess(reasons::add);
    world.run();

    assertThat(reasons).containsExactly(CancelReason.REVOKED, CancelReason.REVOKED);
  }

  @Test
  void aFailureAfterARevocationIsAnInterruptionAndCostsNoAttempt() {
    Crews.Item item = item();
    Flight flight =
        flight(
            (message, context) ->
                context
                    .cancellation()
                    .compose(reason -> Future.failedFuture(new IllegalStateException("late"))),
            item);
    loop.turn(flight::depart);
    loop.turn(() -> flight.cancel(CancelReason.REVOKED));
    world.run();

    assertThat(landings).singleElement().isEqualTo(new Landing.Released("interrupted: REVOKED"));
    assertThat(flight.item().attempt()).as("failures told of it").isZero();
    assertThat(item.failures()).isZero();
  }

  @Test
  void aFailureAfterTheTimeoutCostsAnAttempt() {
    Crews.Item item = item();
    Flight flight =
        flight(
            (message, context) ->
                context
                    .cancellation()
                    .compose(reason -> Future.failedFuture(new IllegalStateException("late"))),
            item);
    loop.turn(flight::depart);
    checkTimeAfter(flight, Duration.ofMillis(1_001));
    world.run();

    assertThat(again().reason()).isEqualTo("timed out");
    assertThat(item.failures()).isEqualTo(1);
  }

  @Test
  void withoutADeadLetterDestinationAnUndecodableMessageHoldsItsPosition() {
    fly((message, context) -> Future.succeededFuture(outcomeOf(message.decode(failing()))));

    assertThat(again().delay()).isEqualTo(RetryPolicy.DEFAULT.maxBackoff());
    assertThat(alarms).singleElement().asString().startsWith("DEAD_LETTER_REFUSED orders/1@7");
  }

  @Test
  void snoozesCostNoAttemptButAreBounded() {
    Crews.Item item = item();
    MessageHandler snoozing =
        (message, context) -> Future.succeededFuture(Outcome.snooze(Duration.ofMillis(1)));
    for (int i = 0; i < 100; i++) {
      loop.turn(flight(snoozing, item)::depart);
    }
    assertThat(item.failures()).isZero();
    assertThat(alarms).isEmpty();

    loop.turn(flight(snoozing, item)::depart);

    assertThat(alarms).singleElement().asString().contains("snoozed more than 100 times");
  }

  @Test
  void theNextStartIsToldWhereASnoozeLeftOffAndSoAreThoseAfterAFailure() {
    Crews.Item item = item();
    List<Optional<String>> seen = new ArrayList<>();
    List<Outcome> outcomes =
        List.of(
            Outcome.snooze(Duration.ZERO, "page 7"),
            Outcome.retry("no answer"),
            Outcome.snooze(Duration.ZERO),
            Outcome.done());
    for (Outcome outcome : outcomes) {
      MessageHandler handler =
          (message, context) -> {
            seen.add(context.resume());
            return Future.succeededFuture(outcome);
          };
      loop.turn(flight(handler, item)::depart);
    }

    assertThat(seen)
        .containsExactly(
            Optional.empty(), Optional.of("page 7"), Optional.of("page 7"), Optional.empty());
  }

  @Test
  void whereToGoOnIsBounded() {
    String longest = "x".repeat(Outcome.Snooze.LONGEST_RESUME);
    assertThat(Outcome.snooze(Duration.ZERO, longest).kind()).isEqualTo(Outcome.Kind.SNOOZE);
    for (String refused : List.of("", longest + "x", longest.replace('x', 'é'))) {
      assertThatThrownBy(() -> Outcome.snooze(Duration.ZERO, refused))
          .hasMessageContaining("takes 1 to 1024 bytes, not ");
    }
  }

  @Test
  void attemptsAreCountedFromOne() {
    Crews.Item item = item();
    List<Integer> attempts = new ArrayList<>();
    MessageHandler failing =
        (message, context) -> {
          attempts.add(context.attempt());
          return Future.failedFuture(new IllegalStateException("again"));
        };
    for (int i = 0; i < 3; i++) {
      loop.turn(flight(failing, item)::depart);
    }

    assertThat(attempts).containsExactly(1, 2, 3);
  }

  @Test
  void permanentErrorsAreFoundBySuperclass() {
    RetryPolicy policy = RetryPolicy.DEFAULT;

    assertThat(policy.isPermanent(new NumberFormatException("an illegal argument"))).isTrue();
    assertThat(policy.isPermanent(new IllegalStateException("not"))).isFalse();
    assertThat(policy.isPermanent(new DecodeException("never", new IllegalStateException())))
        .isTrue();
  }

  @Test
  void theBackoffDoublesUpToItsMost() {
    RetryPolicy policy =
        new RetryPolicy(5, Duration.ofMillis(100), Duration.ofSeconds(2), false, List.of());

    assertThat(List.of(1, 2, 3, 6, 60, 1_000))
        .extracting(failures -> policy.delay(failures, new SplittableRandom(1)).toMillis())
        .containsExactly(100L, 200L, 400L, 2_000L, 2_000L, 2_000L);
  }

  private Landing.Again again() {
    assertThat(landings).singleElement().isInstanceOf(Landing.Again.class);
    return (Landing.Again) landings.get(0);
  }

  private void fly(MessageHandler handler) {
    loop.turn(flight(handler, item())::depart);
    world.run();
  }

  private void checkTimeAfter(Flight flight, Duration time) {
    world.runFor(time);
    loop.turn(() -> flight.checkTime(loop.nanos()));
  }

  private Flight flight(MessageHandler handler, Crews.Item item) {
    return flightOf(handler, item);
  }

  private Flight flightOf(HandlerShape handler, Crews.Item item) {
    return Crews.flight(crew(handler), item, (flight, landing) -> landings.add(landing));
  }

  private Crew crew(HandlerShape handler) {
    return Crews.of(
        loop,
        handler,
        new PoolEvents() {
          @Override
          public void alarm(String pipeline, String source, Alarm kind, String detail) {
            alarms.add(kind + " " + detail);
          }
        });
  }

  @SuppressWarnings({
    "NullAway",
    "TypeParameterUnusedInFormals"
  }) // what a handler must not return is the point
  private static <T> T nothing() {
    return null;
  }

  private static Decoder<String> failing() {
    return (body, headers) -> {
      throw new IllegalStateException("no sense in these bytes");
    };
  }

  private static Outcome outcomeOf(String text) {
    return Outcome.discard(text);
  }

  private static Crews.Item item() {
    return new Crews.Item();
  }
}
