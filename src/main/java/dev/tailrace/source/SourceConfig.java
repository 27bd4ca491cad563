package dev.tailrace.source;

/** The settings of one kind of source, complete and checked; makes one source per consumer. */
public interface SourceConfig {
  /** How many consumers (verticles) the pipeline has in this process, at least 1. */
  int consumers();

  /** The limits of each consumer's source. */
  default ReadLimits limits() {
    return ReadLimits.NONE;
  }

  /** What the source reads, for people: {@code orders} or {@code payments, refunds}. */
  String describe();

  /** Whether a topic or stream of this name is read, so that what is sent there comes back. */
  default boolean reads(String name) {
    return false;
  }

  /** Makes the source of one consumer; called on that consumer's event loop, connects nothing. */
  Source source(SourceEnvironment environment);
}
