package dev.tailrace.app;

import io.vertx.core.json.JsonObject;

/**
 * What became of an order to one process of a fleet. Immutable.
 *
 * @param instance that was meant
 * @param incarnation the run of it that was meant
 * @param done whether it did as it was told
 * @param detail how it ended, or why it did not, in words
 */
public record FleetAnswer(String instance, String incarnation, boolean done, String detail) {
  static FleetAnswer done(FleetMember member, String detail) {
    return new FleetAnswer(member.instance(), member.incarnation(), true, detail);
  }

  static FleetAnswer failed(FleetMember member, String detail) {
    return new FleetAnswer(member.instance(), member.incarnation(), false, detail);
  }

  /** For programs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("instance", instance)
        .put("incarnation", incarnation)
        .put("done", done)
        .put("detail", detail);
  }
}
