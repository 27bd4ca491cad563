package dev.tailrace.dispatch;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Landing;
import dev.tailrace.runtime.Loop;
import java.util.function.Consumer;

/**
 * What becomes of a message that an attempt did not finish: until the next one it is parked, or
 * waits with its permit where there is no room for that, or it goes back. Event loop only.
 */
final class Retries {
  private final Loop loop;
  private final PoolEvents events;
  private final Holdings holdings;
  private final Room room;
  private final Restarts restarts;

  /**
   * Where a message may wait.
   *
   * @param credit says whether the buffer has room
   * @param stops say whether it may stay
   * @param releases bring back what may not
   */
  record Room(Credit credit, Stops stops, Releases releases) {}

  /**
   * How a message starts that was tried before.
   *
   * @param probing holds it back in an outage
   * @param suspects hold it back for one that runs alone
   * @param pump starts what may start
   * @param flight begins an attempt of a message that holds its permit
   */
  record Restarts(Probing probing, Suspects suspects, Pump pump, Consumer<Entry> flight) {}

  Retries(Crew crew, Holdings holdings, Room room, Restarts restarts) {
    this.loop = crew.loop();
    this.events = crew.events();
    this.holdings = holdings;
    this.room = room;
    this.restarts = restarts;
  }

  /** The message is not finished. */
  void again(Entry entry, Landing.Again again) {
    entry.unfinished();
    if (entry.lost) {
      room.releases().drop(entry);
    } else if (entry.home.gone || room.stops().covers(entry.home.partition)) {
      room.releases().release(entry, again.why().label() + ": " + again.reason());
    } else if (room.credit().admits(entry.bytes()) && holdings.parking.admits(entry, again.why())) {
      holdings.tally.move(entry, Entry.Stage.PARKED);
      holdings.parking.park(entry, again.why());
      events.parked(entry, again.delay(), again.why().label() + ": " + again.reason());
      entry.timer = loop.after(again.delay(), () -> unpark(entry));
    } else {
      events.held(entry, again.delay(), again.why().label() + ": " + again.reason());
      entry.timer = loop.after(again.delay(), () -> retryInPlace(entry));
      holdings.airborne.add(entry);
    }
  }

  private void unpark(Entry entry) {
    entry.timer = null;
    holdings.parking.unpark(entry);
    holdings.tally.move(entry, Entry.Stage.BUFFERED);
    if (restarts.probing().isOpen()) {
      holdings.ready.add(entry); // the next probe is of another message
    } else {
      holdings.ready.addFirst(entry);
    }
    restarts.pump().run();
  }

  private void retryInPlace(Entry entry) {
    entry.timer = null;
    if (restarts.probing().isOpen() || !restarts.suspects().admits()) {
      holdings.held.add(entry);
      restarts.pump().run();
      return;
    }
    holdings.airborne.remove(entry);
    restarts.flight().accept(entry);
  }
}
