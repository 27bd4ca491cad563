package dev.tailrace.sink;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;
import dev.tailrace.message.Origin;
import java.util.Optional;

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

  /**
   * Makes the factory for a topic or stream that pipelines read: what is sent there is read as it
   * is given.
   *
   * @throws ConfigException for what the schema cannot say
   */
  default SinkFactory origin(String name, ConfigSection root) throws ConfigException {
    return read(name, root);
  }

  /**
   * Makes the factory for a topic or stream in which messages wait for later attempts.
   *
   * @param source the section of the source whose messages those are
   * @throws ConfigException for what the schema cannot say
   */
  default SinkFactory retryTier(String name, ConfigSection source, ConfigSection root)
      throws ConfigException {
    return origin(name, root);
  }

  /** The topic or stream that a message came from, where it is one of this kind. */
  Optional<String> nameOf(Origin origin);
}
