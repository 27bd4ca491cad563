package dev.tailrace.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of the tree: values by key, in the order in which they were written.
 *
 * @param place where the object begins
 * @param entries values by key; unmodifiable
 * @param implied true where nobody wrote it
 */
public record ConfigObject(Place place, Map<String, Entry> entries, boolean implied)
    implements ConfigNode {

  /**
   * One value and the place of its key.
   *
   * @param keyPlace where the key was written
   * @param value what it is set to
   */
  public record Entry(Place keyPlace, ConfigNode value) {}

  /** Copies the entries, so that the object stays as it is. */
  public ConfigObject {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** An object without entries. */
  static ConfigObject empty(Place place, boolean implied) {
    return new ConfigObject(place, Map.of(), implied);
  }

  /** The value of {@code key}, or null where it is not set. */
  public @Nullable ConfigNode get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** A copy in which {@code key} is {@code value}, written at {@code keyPlace}. */
  ConfigObject with(String key, Place keyPlace, ConfigNode value) {
    var changed = new LinkedHashMap<>(entries);
    changed.put(key, new Entry(keyPlace, value));
    return new ConfigObject(place, changed, implied && value.implied());
  }
}
