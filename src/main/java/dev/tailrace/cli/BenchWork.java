package dev.tailrace.cli;

import dev.tailrace.config.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code bench} has done: how many messages, of what kind, and what each asks for. */
final class BenchWork {
  /** So that a window of them is long enough to be measured. */
  private static final int LEAST_MESSAGES = 1_000;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "So many in each round, from 1000. Default: ${DEFAULT-VALUE}")
  private int messages; // set by picocli

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "Of the body of each, from 0. Default: ${DEFAULT-VALUE}")
  private int size; // set by picocli

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "10000",
      description = "So many different keys, from 1. Default: ${DEFAULT-VALUE}")
  private int keys; // set by picocli

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Of the topic; a stream has none. Default: ${DEFAULT-VALUE}")
  private int partitions; // set by picocli

  @Option(
      names = "--work",
      paramLabel = "TIME",
      description = "What each message takes, asynchronously, such as 5ms. Default: nothing")
  private @Nullable String work; // set by picocli

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Medians of so many, after one that warms up. Default: ${DEFAULT-VALUE}")
  private int rounds; // set by picocli

  private Duration each = Duration.ZERO; // main thread only

  /** Refuses what cannot be. */
  void check(CommandLine line) {
    atLeast(line, "--messages", messages, LEAST_MESSAGES);
    atLeast(line, "--size", size, 0);
    atLeast(line, "--keys", keys, 1);
    atLeast(line, "--partitions", partitions, 1);
    atLeast(line, "--rounds", rounds, 1);
    try {
      each = work == null ? Duration.ZERO : Durations.parse(work);
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(line, "--work: " + malformed.getMessage(), malformed);
    }
  }

  private static void atLeast(CommandLine line, String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(line, option + " must be at least " + least + ", not " + value);
    }
  }

  int messages() {
    return messages;
  }

  int size() {
    return size;
  }

  int keys() {
    return keys;
  }

  int partitions() {
    return partitions;
  }

  int rounds() {
    return rounds;
  }

  /** What each message takes; zero where its handler completes at once. */
  Duration each() {
    return each;
  }

  boolean isNothing() {
    return each.isZero();
  }
}
