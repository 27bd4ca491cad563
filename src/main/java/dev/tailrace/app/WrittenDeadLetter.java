package dev.tailrace.app;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;
import java.util.Optional;

/**
 * Where the dead letters of a pipeline go, as it is written. Immutable.
 *
 * @param type of the destination
 * @param destination its topic or stream
 */
record WrittenDeadLetter(SinkType type, String destination) {
  /** As the section of a pipeline says; empty where it names none. */
  static Optional<WrittenDeadLetter> of(ConfigSection pipeline) {
    return pipeline
        .optionalOneOf("dead-letter")
        .map(
            chosen -> {
              SinkType type = PoolSchema.deadLetter(chosen.type());
              return new WrittenDeadLetter(type, chosen.section().text(type.destinationKey()));
            });
  }

  /** The way there, by what the root says of its broker. */
  SinkFactory read(ConfigSection root) throws ConfigException {
    return type.read(destination, root);
  }
}
