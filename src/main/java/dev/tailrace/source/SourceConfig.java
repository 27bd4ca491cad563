package dev.tailrace.source;

import java.util.List;

/** The settings of one kind of source, complete and checked; makes one source per consumer. */
public interface SourceConfig {
  /** How many consumers (verticles) the pipeline has in this process, at least 1. */
  int consumers();

  /** What the source reads, for people: {@code orders} or {@code payments, refunds}. */
  String describe();

  /** The topics or streams that are read by name; empty where a pattern chooses them. */
  default List<String> names() {
    return List.of();
  }

  /** Makes the source of one consumer; called on that consumer's event loop, connects nothing. */
  Source source(SourceEnvironment environment);
}
