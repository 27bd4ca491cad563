package dev.tailrace.chaos;

import java.util.Locale;
import java.util.Random;

/**
 * One pipeline of a round.
 *
 * @param broker where its messages come from
 * @param order as it is configured
 * @param store as it is configured
 * @param work what its handler takes
 * @param limits how much it holds
 * @param partitions of its topic; a stream has one
 * @param messagesPerSecond of its load
 */
record PipelinePlan(
    Broker broker,
    String order,
    String store,
    Work work,
    Limits limits,
    int partitions,
    int messagesPerSecond) {
  /** Kinds of sources. */
  enum Broker {
    /** A topic. */
    KAFKA,
    /** A stream. */
    REDIS
  }

  /**
   * What a handler does.
   *
   * @param blocking whether it blocks a worker
   * @param slow how many in a thousand take 0 to 200 ms, the others 0 to 2
   * @param failsBefore how many in a thousand fail at first, before their effect
   * @param failsAfter likewise, after it
   * @param hangs likewise, for 8 s, longer than a drain lasts
   * @param allocates how many fill a good part of the heap
   * @param exhausts how many in a hundred thousand take all of it, and their process ends
   */
  record Work(
      boolean blocking,
      int slow,
      int failsBefore,
      int failsAfter,
      int hangs,
      int allocates,
      int exhausts) {
    /** Takes some time; a few fail at first. */
    static Work quick() {
      return new Work(false, 50, 5, 0, 0, 0, 0);
    }

    /** Each takes 0 to 200 ms; a few fail at first. */
    static Work unhurried() {
      return new Work(false, 1_000, 5, 0, 0, 0, 0);
    }
  }

  /**
   * How much a pipeline holds.
   *
   * @param retryTopics whether what fails waits in tiers of retries
   */
  record Limits(int concurrency, int buffer, int window, int consumers, boolean retryTopics) {
    /** Without retry topics. */
    Limits(int concurrency, int buffer, int window, int consumers) {
      this(concurrency, buffer, window, consumers, false);
    }
  }

  String name() {
    return broker == Broker.KAFKA ? "orders" : "payments";
  }

  /** Draws one; what a handler takes is bounded by what its lanes can bear. */
  static PipelinePlan draw(Broker broker, Random random, boolean clean) {
    String order = one(random, "key", "key", "partition", "unordered");
    boolean narrow = order.equals("partition");
    int slow = narrow ? 5 : one(random, 20, 100, 1_000);
    int failsAfter = clean || random.nextInt(3) > 0 ? 0 : 3;
    return new PipelinePlan(
        broker,
        order,
        one(random, "none", "memory", "redis", "redis"),
        new Work(
            !narrow && random.nextInt(4) == 0,
            slow,
            random.nextInt(10),
            failsAfter,
            clean || narrow || random.nextInt(4) > 0 ? 0 : 1,
            random.nextInt(3) > 0 ? 0 : 5,
            0),
        new Limits(
            slow == 1_000 ? 256 : one(random, 32, 128, 256),
            one(random, 128, 512, 2_048),
            one(random, 2_000, 24_000),
            broker == Broker.KAFKA ? one(random, 1, 1, 2) : 1),
        6,
        narrow && broker == Broker.REDIS ? 200 : 2_000 + random.nextInt(1_500));
  }

  @SafeVarargs
  private static <T> T one(Random random, T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @Override
  public String toString() {
    return "%s %s order=%s store=%s slow=%d%s fails=%d+%d hangs=%d allocates=%d concurrency=%d buffer=%d consumers=%d%s"
        .formatted(
            broker.name().toLowerCase(Locale.ROOT),
            name(),
            order,
            store,
            work.slow(),
            work.blocking() ? " blocking" : "",
            work.failsBefore(),
            work.failsAfter(),
            work.hangs(),
            work.allocates(),
            limits.concurrency(),
            limits.buffer(),
            limits.consumers(),
            limits.retryTopics() ? " retry topics" : "");
  }
}
