package dev.tailrace.sink;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;

/**
 * A kind of destination as the configuration knows it: {@code dead-letter: {kafka: orders.dlq}}.
 */
public interface SinkType {
  /** Its name under {@code dead-letter}. */
  String type();

  /** The key within its section that names the destination, such as {@code topic}. */
  default String destinationKey() {
    return "name";
  }

  /** Its section: the destination, which may also be written in place of the section. */
  default Fragment fragment() {
    return Fragment.single(type(), destinationKey(), "Where the messages go");
  }

  /**
   * Makes the factory for a destination.
   *
   * @param destination the topic or stream
   * @param root the whole configuration, for shared settings such as {@code kafka:}
   * @throws ConfigException for what the schema cannot say
   */
  SinkFactory read(String destination, ConfigSection root) throws ConfigException;
}
