package dev.tailrace.source;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Fragment;

/** A kind of source as the configuration knows it: {@code source: {kafka: {…}}}. */
public interface SourceType {
  /** Its name under {@code source} and the schema of its section. */
  Fragment fragment();

  /**
   * Reads a validated section.
   *
   * @param section the section under {@code source.<type>}
   * @param root the whole configuration, for shared settings such as {@code kafka:}
   * @throws ConfigException for what the schema cannot say
   */
  SourceConfig read(ConfigSection section, ConfigSection root) throws ConfigException;
}
