package dev.tailrace.sink;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;

/**
 * A kind of destination as the configuration knows it: {@code dead-letter: {kafka: orders.dlq}}.
 */
public interface SinkType {
  /** Its name under {@code dead-letter}. */
  String type();

  /**
   * Makes the factory for a destination.
   *
   * @param destination the topic or stream
   * @param root the whole configuration, for shared settings such as {@code kafka:}
   * @throws ConfigException for what the schema cannot say
   */
  SinkFactory read(String destination, ConfigSection root) throws ConfigException;
}
