package dev.tailrace.dispatch;

import dev.tailrace.message.CancelReason;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.Flight;

/**
 * How messages leave unfinished: released, dropped, left running or abandoned. What waits behind a
 * message in its lane never overtakes it: it leaves along. Event loop only.
 */
final class Releases {
  private final Holdings holdings;
  private final PoolEvents events;
  private final Abandonments abandonments;

  Releases(Holdings holdings, PoolEvents events, Abandonments abandonments) {
    this.holdings = holdings;
    this.events = events;
    this.abandonments = abandonments;
  }

  /** Goes back to its source unfinished, with all behind it. */
  void release(Entry head, String reason) {
    putBack(head, reason);
    releaseBehind(head, reason);
    head.home.leave(head);
  }

  /** Somebody else has the message; those behind it go on. */
  void drop(Entry entry) {
    boolean head = entry.isHead();
    putBack(entry, "taken by another consumer");
    if (head) {
      holdings.advance(entry);
    } else if (entry.lane != null) {
      entry.lane.remove(entry);
    }
  }

  /** Releases what is parked or waits with its permit for its next attempt. */
  void releaseRetries(Scope scope, String reason) {
    holdings.parking.in(scope).forEach(entry -> release(entry, reason));
    holdings.airborne.in(scope).stream()
        .filter(entry -> entry.flight == null)
        .forEach(entry -> release(entry, reason));
  }

  /** Releases all that has not started, and lets nothing start that still waits for its claim. */
  void releaseWaiting(Scope scope, String reason) {
    releaseRetries(scope, reason);
    holdings.ready.in(scope).forEach(entry -> release(entry, reason));
    for (Entry entry : holdings.airborne.in(scope)) {
      releaseBehind(entry, reason);
      if (entry.flight != null) {
        entry.flight.forbidStart();
      }
    }
  }

  void cancelFlights(Scope scope, CancelReason reason) {
    for (Entry entry : holdings.airborne.in(scope)) {
      if (entry.flight != null) {
        entry.flight.forbidStart();
        entry.flight.cancel(reason);
      }
    }
  }

  /** The stop goes on without those that still run. */
  void leaveFlights(Scope scope, QuiescePlan.Leave leave) {
    for (Entry entry : holdings.airborne.in(scope)) {
      if (leave == QuiescePlan.Leave.ABANDONED) {
        Flight flight = entry.flight;
        abandon(entry, flight == null ? "waiting" : flight.stage().label());
      } else if (!entry.overran) {
        entry.overran = true;
        events.overran(entry);
      }
    }
  }

  void abandon(Entry entry, String stage) {
    abandonments.add(entry, stage);
    Flight flight = entry.flight;
    if (flight != null) {
      flight.leave();
    }
    holdings.withdraw(entry);
    holdings.tally.abandoned(entry);
    events.abandoned(entry, stage);
    releaseBehind(entry, "behind an abandoned message");
    entry.home.leave(entry);
  }

  private void putBack(Entry entry, String reason) {
    holdings.withdraw(entry);
    holdings.tally.released(entry);
    events.released(entry, reason);
    entry.delivery().release();
  }

  private void releaseBehind(Entry head, String reason) {
    Lane lane = head.lane;
    if (lane == null) {
      return;
    }
    for (Entry next = lane.takeBehind(); next != null; next = lane.takeBehind()) {
      putBack(next, reason);
      next.lane = null;
    }
  }
}
