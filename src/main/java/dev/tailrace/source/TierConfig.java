package dev.tailrace.source;

import java.util.List;

/**
 * A source in which messages of another wait for later attempts: read as its settings say, only
 * that what it brings has another form.
 */
public interface TierConfig extends SourceConfig {
  /** What is read, and how. */
  SourceConfig reading();

  @Override
  default int consumers() {
    return reading().consumers();
  }

  @Override
  default ReadLimits limits() {
    return reading().limits();
  }

  @Override
  default String describe() {
    return reading().describe();
  }

  @Override
  default List<String> names() {
    return reading().names();
  }

  @Override
  default boolean reads(String name) {
    return reading().reads(name);
  }
}
