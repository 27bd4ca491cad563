package dev.tailrace.bench.frame;

import java.util.HashMap;
import java.util.Map;

/**
 * What a contender is told, as {@code name=value} on its command line. Immutable.
 *
 * @param values by name
 */
public record Setting(Map<String, String> values) {
  /** Keeps a copy. */
  public Setting {
    values = Map.copyOf(values);
  }

  static Setting of(Iterable<String> arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new Setting(values);
  }

  /**
   * A value that has to be there.
   *
   * @throws IllegalArgumentException where it is not
   */
  public String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing in " + values);
    }
    return value;
  }

  /** A value, or another one where it is not there. */
  public String get(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** A whole number that has to be there. */
  public long number(String name) {
    return Long.parseLong(get(name));
  }

  /** How many messages may be worked on at once. */
  public int concurrency() {
    return Math.toIntExact(number("concurrency"));
  }

  /** How long the work on a message takes, in milliseconds; 0 is none at all. */
  public int workMillis() {
    return Math.toIntExact(number("work-millis"));
  }
}
