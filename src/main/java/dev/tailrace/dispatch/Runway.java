package dev.tailrace.dispatch;

import dev.tailrace.processing.Ended;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Landing;
import dev.tailrace.runtime.Loop;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;

/**
 * Where flights come down. Handlers that end later than they were called have their flights go on
 * in the next turn, together with all that ended until then: permits, credit and lanes are looked
 * at once for all of them. Event loop only; bounded by the permits.
 */
final class Runway {
  private static final int MOST_IN_A_TURN = 512;

  private final Loop loop;
  private final Pump pump;
  private final BiConsumer<Flight, Landing> landed;
  private final ArrayDeque<Ended> ended = new ArrayDeque<>();
  private boolean due;

  /**
   * Makes it.
   *
   * @param landed told of each flight that has landed
   */
  Runway(Loop loop, Pump pump, BiConsumer<Flight, Landing> landed) {
    this.loop = loop;
    this.pump = pump;
    this.landed = landed;
  }

  void landed(Flight flight, Landing landing) {
    landed.accept(flight, landing);
  }

  /** Its flight goes on in a later turn. */
  void ended(Ended handler) {
    ended.add(handler);
    goOnLater();
  }

  private void goOnLater() {
    if (!due) {
      due = true;
      loop.execute(this::goOn);
    }
  }

  private void goOn() {
    due = false;
    pump.runAfter(this::letGoOn);
  }

  private void letGoOn() {
    long now = loop.nanos();
    try {
      for (int most = Math.min(ended.size(), MOST_IN_A_TURN); most > 0; most--) {
        ended.remove().goOn(now);
      }
    } finally {
      if (!ended.isEmpty()) { // more than a turn's, or one threw
        goOnLater();
      }
    }
  }
}
