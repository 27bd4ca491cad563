package dev.tailrace.dispatch;

import dev.tailrace.processing.Ended;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Landing;
import dev.tailrace.processing.Landings;
import dev.tailrace.processing.Solo;
import dev.tailrace.processing.WorkItem;

/** What flights ask of their dispatcher, and where they end. Event loop only. */
final class Ends implements Landings {
  private final Holdings holdings;
  private final Stops stops;
  private final Suspects suspects;
  private final Batches batches;
  private final Runway runway;
  private final Pump pump;

  Ends(
      Holdings holdings,
      Stops stops,
      Suspects suspects,
      Batches batches,
      Runway runway,
      Pump pump) {
    this.holdings = holdings;
    this.stops = stops;
    this.suspects = suspects;
    this.batches = batches;
    this.runway = runway;
    this.pump = pump;
  }

  @Override
  public void landed(Flight flight, Landing landing) {
    runway.landed(flight, landing);
  }

  @Override
  public void ended(Ended handler) {
    runway.ended(handler);
  }

  @Override
  public void returned(long now) {
    pump.returned(now);
  }

  @Override
  public boolean mayPark(WorkItem item) {
    Entry entry = (Entry) item;
    return entry.lost
        || entry.home.gone
        || stops.covers(entry.home.partition)
        || holdings.parking.admits(entry, Landing.Why.RETRY);
  }

  @Override
  public boolean mayStart() {
    return suspects.admits();
  }

  @Override
  public void awaitSolitude(Solo solo) {
    suspects.await(solo);
  }

  @Override
  public void leaveSolitude(Solo solo) {
    suspects.withdraw(solo);
  }

  @Override
  public void board(Flight flight) {
    batches.board(flight);
  }

  @Override
  public void leaveBatch(Flight flight) {
    batches.leave(flight);
  }
}
