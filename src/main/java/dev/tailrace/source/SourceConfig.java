package dev.tailrace.source;

import java.util.List;
import java.util.Optional;

/** The settings of one kind of source, complete and checked; makes one source per consumer. */
public interface SourceConfig {
  /** How many consumers (verticles) the pipeline has in this process, at least 1. */
  int consumers();

  /** The limits of each consumer's source. */
  default ReadLimits limits() {
    return ReadLimits.NONE;
  }

  /** How long it is read. */
  default Until until() {
    return Until.STOP;
  }

  /** The kind of broker, as OpenTelemetry's conventions for messaging call it. */
  default String system() {
    return "";
  }

  /** The consumer group that reads it. */
  default String group() {
    return "";
  }

  /** What the source reads, for people: {@code orders} or {@code payments, refunds}. */
  String describe();

  /** Whether a topic or stream of this name is read, so that what is sent there comes back. */
  default boolean reads(String name) {
    return false;
  }

  /** The topics or streams that it reads, by name, as far as they are known by name. */
  default List<String> names() {
    return List.of(describe());
  }

  /** What the names of its tiers of retries begin with where nothing else is said. */
  default String retryPrefix(String pipeline) {
    return pipeline + ".retry.";
  }

  /**
   * The name of the tier with this wait; all waits may have the same.
   *
   * @param prefix what its name begins with
   * @param wait as it is written: {@code 1m}
   */
  default String retryName(String prefix, String wait) {
    return prefix + wait;
  }

  /**
   * A topic or stream in which messages of this source wait for later attempts, as a source beside
   * this one: its messages are those of this source, and enter the pool when they are due. Empty
   * where there is no such thing for this kind of source.
   *
   * @throws IllegalArgumentException where the broker allows no such name; the message says why
   */
  default Optional<SourceConfig> retryTier(String name) {
    return Optional.empty();
  }

  /**
   * The same source for a trial: it reads the topic or stream of this name alone, as a new group,
   * from its beginning {@link Until#END}. Empty where there is no such thing for this kind of
   * source.
   */
  default Optional<SourceConfig> trial(String name, String group) {
    return Optional.empty();
  }

  /** What its broker's client does with the same at the least; empty where nobody has built it. */
  default Optional<BareReader> bareReader() {
    return Optional.empty();
  }

  /**
   * What stands against reading this in the same process as another pipeline's source; empty where
   * nothing does.
   *
   * @param earlier the other pipeline's
   * @param pipeline its name, for people
   */
  default Optional<SourceConflict> conflict(SourceConfig earlier, String pipeline) {
    return Optional.empty();
  }

  /** Makes the source of one consumer; called on that consumer's event loop, connects nothing. */
  Source source(SourceEnvironment environment);
}
