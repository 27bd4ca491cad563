package dev.tailrace.dispatch;

import dev.tailrace.processing.Ended;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Landing;
import dev.tailrace.runtime.Loop;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * Where flights come down. Handlers that end later than they were called have their flights go on
 * in the next turn, together with all that ended until then: permits, credit and lanes are looked
 * at once for all of them.
 *
 * <p>Where the pool was full, what takes their places starts together, too: once a look at all that
 * is due has found no more that has ended, or after a few looks. What starts together is often due
 * together, and the loop wakes once for all of it, not once for each. Event loop only; bounded by
 * the permits.
 */
final class Runway {
  private static final int MOST_IN_A_TURN = 512;
  private static final int MOST_LOOKS = 8;

  private final Loop loop;
  private final Pump pump;
  private final BooleanSupplier full;
  private final BiConsumer<Flight, Landing> landed;
  private final ArrayDeque<Ended> ended = new ArrayDeque<>();
  private boolean due;
  private boolean more; // has ended since the last look
  private int looks; // until what is free is given out at the latest; 0 where nothing waits for it

  /**
   * Makes it.
   *
   * @param full whether no permit is free
   * @param landed told of each flight that has landed
   */
  Runway(Loop loop, Pump pump, BooleanSupplier full, BiConsumer<Flight, Landing> landed) {
    this.loop = loop;
    this.pump = pump;
    this.full = full;
    this.landed = landed;
  }

  void landed(Flight flight, Landing landing) {
    landed.accept(flight, landing);
  }

  /** Its flight goes on in a later turn. */
  void ended(Ended handler) {
    ended.add(handler);
    more = true;
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
    boolean wasFull = full.getAsBoolean();
    try {
      pump.hold(this::letGoOn);
    } finally {
      startNext(wasFull);
    }
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

  private void startNext(boolean wasFull) {
    if (looks > 0) {
      return; // the next look sees to it
    }
    if (wasFull) {
      looks = MOST_LOOKS;
      lookAgain();
    } else {
      pump.run();
    }
  }

  private void lookAgain() {
    more = false;
    loop.executeAfterDue(this::look);
  }

  private void look() {
    looks--;
    if (more && looks > 0) {
      lookAgain();
    } else {
      looks = 0;
      pump.run();
    }
  }
}
