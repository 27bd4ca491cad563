package dev.tailrace.simulation;

import io.vertx.core.json.JsonObject;

/** How often each situation came up. Not thread-safe. */
public final class Sightings {
  private static final Sometimes[] ALL = Sometimes.values();

  private final long[] counts = new long[ALL.length];

  @SuppressWarnings("EnumOrdinal") // a cell per constant
  void saw(Sometimes situation) {
    counts[situation.ordinal()]++;
  }

  /** How often this one did. */
  @SuppressWarnings("EnumOrdinal") // a cell per constant
  public long of(Sometimes situation) {
    return counts[situation.ordinal()];
  }

  /** Adds those of another world. */
  public void add(Sightings others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others.counts[i];
    }
  }

  /** By label. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    for (Sometimes situation : ALL) {
      json.put(situation.label(), of(situation));
    }
    return json;
  }
}
