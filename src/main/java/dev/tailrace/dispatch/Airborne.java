package dev.tailrace.dispatch;

import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The messages that hold a permit beyond the turn in which they got it. One timer looks after all
 * of their time-outs, so that a message costs none; it is due with the first of them, but not
 * before a grain of time has passed. Event loop only; bounded by the permits.
 */
final class Airborne {
  private static final long COARSEST = Duration.ofMillis(100).toNanos();
  private static final long FINEST = Duration.ofMillis(1).toNanos();

  private final Loop loop;
  private final long timeout;
  private final long grain;
  private @Nullable Entry first; // of those in the air, chained through themselves
  private @Nullable Entry last;
  private boolean watching;

  Airborne(Loop loop, Crew.Timing timing) {
    this.loop = loop;
    this.timeout = timing.timeout().toNanos();
    this.grain = Math.max(FINEST, Math.min(COARSEST, timeout / 20));
  }

  void add(Entry entry) {
    entry.airborne = true;
    entry.aloftBefore = last;
    if (last == null) {
      first = entry;
    } else {
      last.aloftAfter = entry;
    }
    last = entry;
    if (!watching) {
      watch(grain); // its handler may have kept the loop for longer than its time-out
    }
  }

  void remove(Entry entry) {
    if (entry.airborne) {
      entry.airborne = false;
      takeOut(entry);
    }
  }

  private void takeOut(Entry entry) {
    Entry before = entry.aloftBefore;
    Entry after = entry.aloftAfter;
    if (before == null) {
      first = after;
    } else {
      before.aloftAfter = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.aloftBefore = before;
    }
    entry.aloftBefore = null;
    entry.aloftAfter = null;
  }

  /** Those in scope; a copy, since what is done to them changes the set. */
  List<Entry> in(Scope scope) {
    return stream().filter(entry -> scope.covers(entry.home.partition)).toList();
  }

  Stream<Entry> stream() {
    return Stream.iterate(first, entry -> entry != null, entry -> entry.aloftAfter);
  }

  /** Whether some wait for their claim. */
  boolean isClaiming() {
    return stream()
        .anyMatch(entry -> entry.flight != null && entry.flight.stage() == Flight.Stage.CLAIMING);
  }

  int stuck() {
    return (int) stream().filter(entry -> entry.flight != null && entry.flight.isStuck()).count();
  }

  private void watch(long nanos) {
    watching = true;
    loop.after(Duration.ofNanos(nanos), this::look);
  }

  /** Who takes off before the next look comes to its time-out no sooner than that. */
  private void look() {
    watching = false;
    long now = loop.nanos();
    long wait = timeout;
    for (Entry entry : stream().toList()) {
      Flight flight = entry.flight;
      if (flight != null) {
        wait = Math.min(wait, flight.checkTime(now));
      }
    }
    if (!watching && first != null) {
      watch(Math.max(grain, wait));
    }
  }
}
