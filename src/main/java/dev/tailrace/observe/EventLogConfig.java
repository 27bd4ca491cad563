package dev.tailrace.observe;

import java.nio.file.Path;

/**
 * The settings of an event log.
 *
 * @param file where the lines go; appended to, and used by one process at a time
 * @param keys how much is told of message keys
 * @param rotateBytes a file of at least this size is renamed to {@code file.1}, {@code file.2}, …
 *     (the greatest number is the youngest) and a new one begun; at least 1
 */
public record EventLogConfig(Path file, EventKeys keys, long rotateBytes) {
  /** Refuses a size below 1. */
  public EventLogConfig {
    if (rotateBytes < 1) {
      throw new IllegalArgumentException("rotateBytes must be at least 1, not " + rotateBytes);
    }
  }
}
