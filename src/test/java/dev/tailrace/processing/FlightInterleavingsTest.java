package dev.tailrace.processing;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import dev.tailrace.message.CancelReason;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whenever a handler asks for its cancellation, it hears of it, with the reason given first. */
final class FlightInterleavingsTest {
  @Test
  void everyFutureOfTheCancellationCompletesWhoeverAsksFirst() {
    Interleavings.ofStory(
        "Flight",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          Flight flight = flight(loop);
          AtomicReference<@Nullable Future<CancelReason>> one = new AtomicReference<>();
          AtomicReference<@Nullable Future<CancelReason>> other = new AtomicReference<>();
          Race.between(
              () -> {
                flight.limit(-1, true);
                flight.cancel(CancelReason.TIMEOUT);
                flight.cancel(CancelReason.FORCED);
              },
              () -> one.set(flight.cancellation()),
              () -> other.set(flight.cancellation()));
          loop.drain();
          Race.require(one.get() == other.get(), "two cancellations of one flight");
          Future<CancelReason> heard = Objects.requireNonNull(one.get());
          Race.require(heard.result() == CancelReason.TIMEOUT, "not heard: " + heard);
        });
  }

  @Test
  void whoSeesTheCancellationSeesTheDrainAndTheCutOffBehindIt() {
    Interleavings.ofStory(
        "Flight",
        () -> {
          QueuedLoop loop = new QueuedLoop();
          Flight flight = flight(loop);
          Race.between(
              () -> {
                flight.limit(0, true);
                flight.cancel(CancelReason.FORCED);
              },
              () -> {
                if (flight.cancelled()) {
                  Race.require(flight.draining(), "cancelled by a drain that it does not see");
                  Race.require(flight.remaining().isZero(), "time is left beyond the cut-off");
                }
              });
        });
  }

  private static Flight flight(QueuedLoop loop) {
    Flight flight = Crews.flight(Crews.idle(loop));
    flight.depart();
    return flight;
  }
}
