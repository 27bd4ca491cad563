package dev.tailrace.dispatch;

import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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
  private final Set<Entry> entries = new LinkedHashSet<>();
  private boolean watching;

  Airborne(Loop loop, Crew.Timing timing) {
    this.loop = loop;
    this.timeout = timing.timeout().toNanos();
    this.grain = Math.max(FINEST, Math.min(COARSEST, timeout / 20));
  }

  void add(Entry entry) {
    entry.airborne = true;
    entries.add(entry);
    if (!watching) {
      watch(grain); // its handler may have kept the loop for longer than its time-out
    }
  }

  void remove(Entry entry) {
    if (entry.airborne) {
      entry.airborne = false;
      entries.remove(entry);
    }
  }

  /** Those in scope; a copy, since what is done to them changes the set. */
  List<Entry> in(Scope scope) {
    List<Entry> covered = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (scope.covers(entry.home.partition)) {
        covered.add(entry);
      }
    }
    return covered;
  }

  Stream<Entry> stream() {
    return entries.stream();
  }

  /** Whether some wait for their claim. */
  boolean isClaiming() {
    return entries.stream()
        .anyMatch(entry -> entry.flight != null && entry.flight.stage() == Flight.Stage.CLAIMING);
  }

  int stuck() {
    return (int)
        entries.stream().filter(entry -> entry.flight != null && entry.flight.isStuck()).count();
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
    for (Entry entry : List.copyOf(entries)) {
      Flight flight = entry.flight;
      if (flight != null) {
        wait = Math.min(wait, flight.checkTime(now));
      }
    }
    if (!watching && !entries.isEmpty()) {
      watch(Math.max(grain, wait));
    }
  }
}
