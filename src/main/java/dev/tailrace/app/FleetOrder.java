package dev.tailrace.app;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one process of a fleet is ordered to do. Immutable.
 *
 * @param id never the same twice
 * @param verb what to do, as written; processes of other versions know other words
 * @param incarnation the run of the process that is meant; no other one obeys
 * @param by who gave it, for people
 */
public record FleetOrder(String id, String verb, String incarnation, String by) {
  /** The version of {@link #toJson}'s shape; newer ones only add to it. */
  public static final int SCHEMA = 1;

  /** What this version can be ordered to do. */
  public enum Verb {
    /** To drain and end. */
    DRAIN,
    /** To drain and end, so that its supervisor starts another one in its place. */
    REPLACE,
    /** To hold intake back. */
    PAUSE,
    /** To let messages in again. */
    RESUME;

    /** As written. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** By its label; null for a word that this version does not know. */
    static @Nullable Verb of(String label) {
      for (Verb verb : values()) {
        if (verb.label().equals(label)) {
          return verb;
        }
      }
      return null;
    }
  }

  /** A new order to a process. */
  static FleetOrder of(Verb verb, String incarnation, String by) {
    return new FleetOrder(UUID.randomUUID().toString(), verb.label(), incarnation, by);
  }

  /** As kept in the registry. */
  JsonObject toJson() {
    return new JsonObject()
        .put("schema", SCHEMA)
        .put("id", id)
        .put("verb", verb)
        .put("incarnation", incarnation)
        .put("by", by);
  }

  /** Reads what any version has written; what it adds is passed over. Empty where it is none. */
  static Optional<FleetOrder> read(String text) {
    try {
      JsonObject said = new JsonObject(text);
      FleetOrder order =
          new FleetOrder(
              said.getString("id", ""),
              said.getString("verb", ""),
              said.getString("incarnation", ""),
              said.getString("by", ""));
      return order.id.isEmpty() ? Optional.empty() : Optional.of(order);
    } catch (DecodeException | ClassCastException other) {
      return Optional.empty();
    }
  }
}
