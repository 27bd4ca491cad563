package dev.tailrace.processing;

import dev.tailrace.source.Delivery;
import io.vertx.core.Future;

/** The start of a message without an idempotency store, where its source suspects it. */
final class Resumption extends Start {
  private final Flight flight;
  private final Delivery delivery;

  Resumption(Crew crew, Flight flight) {
    super(crew, flight);
    this.flight = flight;
    this.delivery = flight.item().delivery();
  }

  void request() {
    begin(flight.item().failures(), 0);
  }

  @Override
  Future<Boolean> count() {
    return delivery.countStart();
  }

  @Override
  void giveBack(Landing landing) {
    flight.giveBack(landing);
  }
}
