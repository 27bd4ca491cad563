package dev.tailrace.processing;

import dev.tailrace.message.Outcome;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of a batch handler. It is no more than that: each message goes on in its own flight,
 * with an outcome of its own, as if it had been called alone. Event loop only.
 */
public final class Batch {
  private final Crew crew;
  private final Loop loop;
  private final List<Flight> flights;

  private Batch(Crew crew, List<Flight> flights) {
    this.crew = crew;
    this.loop = crew.loop();
    this.flights = flights;
  }

  /**
   * Calls the handler for those that may still start; the others leave.
   *
   * @param boarded those that wait for this batch, at least one
   */
  public static void start(Crew crew, List<Flight> boarded) {
    List<Flight> flights = new ArrayList<>(boarded.size());
    for (Flight flight : boarded) {
      if (flight.isUnstartable()) {
        flight.leaveBatch(new Landing.Released("not started"));
      } else {
        flights.add(flight);
      }
    }
    if (!flights.isEmpty()) {
      new Batch(crew, flights).call();
    }
  }

  private void call() {
    long now = loop.nanos();
    for (int i = 0; i < flights.size(); i++) {
      flights.get(i).begin(flights.get(i).item().failures(), now);
      flights.get(i).speakFor(i == 0 ? flights.size() : 0);
    }
    Future<List<Outcome>> outcomes = HandlerCall.invoke(crew, flights);
    flights.get(0).checkLoop(loop.nanos() - now);
    if (outcomes.isComplete()) {
      ended(outcomes);
    } else {
      outcomes.onComplete(any -> loop.execute(() -> ended(outcomes)));
    }
  }

  private void ended(Future<List<Outcome>> outcomes) {
    HandlerCall.passOn(outcomes.cause(), loop);
    List<Future<Outcome>> each = each(outcomes);
    long now = loop.nanos();
    for (int i = 0; i < flights.size(); i++) {
      flights.get(i).handled(each.get(i), now);
    }
  }

  /** As a list of its own, since the handler may go on with the one that it returned. */
  private List<Future<Outcome>> each(Future<List<Outcome>> outcomes) {
    if (outcomes.failed()) {
      return all(outcomes.cause());
    }
    List<Outcome> given = outcomes.result();
    if (given == null) {
      return all(new NullPointerException("the handler returned a null list"));
    }
    List<Future<Outcome>> each = new ArrayList<>(flights.size());
    try {
      given.forEach(outcome -> each.add(Future.succeededFuture(outcome)));
    } catch (RuntimeException broken) { // the list is the handler's own
      return all(broken);
    }
    return each.size() == flights.size()
        ? each
        : all(
            new IllegalStateException(
                "the handler returned %d outcomes for a batch of %d"
                    .formatted(each.size(), flights.size())));
  }

  /** Of a batch of one the failure is that message's. */
  private List<Future<Outcome>> all(Throwable failure) {
    List<Future<Outcome>> each = new ArrayList<>(flights.size());
    for (Flight flight : flights) {
      if (flights.size() > 1) {
        flight.item().failTogether(each.isEmpty());
      }
      each.add(Future.failedFuture(failure));
    }
    return each;
  }
}
