package dev.tailrace.dispatch;

import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The messages that hold a permit beyond the turn in which they got it. One timer looks after all
 * of their time-outs, so that a message costs none. Event loop only; bounded by the permits.
 */
final class Airborne {
  private static final Duration COARSEST = Duration.ofMillis(100);
  private static final Duration FINEST = Duration.ofMillis(1);

  private final Loop loop;
  private final Duration grain;
  private final Set<Entry> entries = new LinkedHashSet<>();
  private boolean watching;

  Airborne(Loop loop, Crew.Timing timing) {
    this.loop = loop;
    Duration twentieth = timing.timeout().dividedBy(20);
    this.grain = longer(FINEST, twentieth.compareTo(COARSEST) > 0 ? COARSEST : twentieth);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  void add(Entry entry) {
    entry.airborne = true;
    entries.add(entry);
    watch();
  }

  void remove(Entry entry) {
    if (entry.airborne) {
      entry.airborne = false;
      entries.remove(entry);
    }
  }

  /** Those in scope; a copy, since what is done to them changes the set. */
  List<Entry> in(Scope scope) {
    return entries.stream().filter(entry -> scope.covers(entry.home.partition)).toList();
  }

  Stream<Entry> stream() {
    return entries.stream();
  }

  int stuck() {
    return (int)
        entries.stream().filter(entry -> entry.flight != null && entry.flight.isStuck()).count();
  }

  private void watch() {
    if (!watching) {
      watching = true;
      loop.after(grain, this::look);
    }
  }

  private void look() {
    watching = false;
    long now = loop.nanos();
    for (Entry entry : List.copyOf(entries)) {
      Flight flight = entry.flight;
      if (flight != null) {
        flight.checkTime(now);
      }
    }
    if (!entries.isEmpty()) {
      watch();
    }
  }
}
