package dev.tailrace.smallworld;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts, over all runs, how often worlds came into a situation. Thread-safe. */
final class Sightings {
  private final Map<Sighting, LongAdder> counts = new EnumMap<>(Sighting.class);

  Sightings() {
    for (Sighting sighting : Sighting.values()) {
      counts.put(sighting, new LongAdder());
    }
  }

  void saw(Sighting sighting) {
    LongAdder count = counts.get(sighting);
    if (count != null) {
      count.increment();
    }
  }

  long of(Sighting sighting) {
    LongAdder count = counts.get(sighting);
    return count == null ? 0 : count.sum();
  }
}
