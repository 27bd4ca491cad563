package dev.tailrace.bench.frame;

import java.util.HashMap;
import java.util.Map;

/**
 * What a contender is told, as {@code name=value} on its command line. Immutable.
 *
 * @param values by name
 */
public record Setting(Map<String, String> values) {
  private static final String BYTES = "org.apache.kafka.common.serialization.ByteArrayDeserializer";

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

  /** Whether a value is there, and {@code true}. */
  public boolean is(String name) {
    return Boolean.parseBoolean(get(name, "false"));
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

  /**
   * What a consumer of Kafka has to be told to read the topic from its beginning, as bytes and only
   * what is committed; all else is left to its makers. Where the end is measured, its commits are
   * watched.
   */
  public Map<String, Object> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", get("bootstrap"));
    settings.put("group.id", get("group"));
    settings.put("key.deserializer", BYTES);
    settings.put("value.deserializer", BYTES);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    if (is("stop")) {
      settings.put("interceptor.classes", "dev.tailrace.bench.frame.CommitListener");
    }
    return settings;
  }

  /** Keeps the thread for as long as the work on a message takes. */
  public void work() {
    if (workMillis() > 0) {
      try {
        Thread.sleep(workMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
