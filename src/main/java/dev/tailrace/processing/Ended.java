package dev.tailrace.processing;

import dev.tailrace.message.Outcome;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A handler that did not end when it was called. It may end on any thread, and within what others
 * do; its flight goes on in a later turn of the loop.
 */
public final class Ended implements Completable<Outcome> {
  private final Flight flight;
  private final Future<Outcome> outcome;

  Ended(Flight flight, Future<Outcome> outcome) {
    this.flight = flight;
    this.outcome = outcome;
  }

  /** It has ended now. */
  @Override
  public void complete(@Nullable Outcome result, @Nullable Throwable failure) {
    Loop loop = flight.crew().loop();
    if (loop.inLoop()) {
      flight.hasEnded(this);
    } else {
      loop.execute(() -> flight.hasEnded(this));
    }
  }

  /**
   * Lets the flight go on, in a turn of the loop; called once.
   *
   * @param now by the loop's clock
   */
  public void goOn(long now) {
    flight.ended(outcome, now);
  }

  /** The same in the next turn. */
  void goOnLater() {
    Loop loop = flight.crew().loop();
    loop.execute(() -> goOn(loop.nanos()));
  }

  @Override
  public String toString() {
    return flight.toString();
  }
}
