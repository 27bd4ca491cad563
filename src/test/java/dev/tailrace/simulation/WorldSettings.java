package dev.tailrace.simulation;

import dev.tailrace.app.PipelineLimits;
import dev.tailrace.dispatch.Order;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.processing.RetryPolicy.OnExhausted;
import dev.tailrace.processing.RetryPolicy.Overflow;
import dev.tailrace.runtime.Choices;
import java.time.Duration;

/**
 * How a world is configured, all by choice.
 *
 * @param pool what the processes are configured with
 * @param group how their group is
 * @param store which store recognizes repeated messages
 * @param lease of a claim
 * @param deadLetters whether there is a destination for dead letters
 * @param trouble of a hundred requests, how many go astray while the world is not calm
 * @param patience how long a client waits for an answer
 */
record WorldSettings(
    Pool pool,
    Group group,
    Store store,
    Duration lease,
    boolean deadLetters,
    int trouble,
    Duration patience) {

  /** The kinds of store. */
  enum Store {
    NONE,
    MEMORY,
    SHARED
  }

  /** The shapes of handlers. */
  enum Shape {
    ASYNCHRONOUS,
    BLOCKING,
    BATCH
  }

  /**
   * What a process is configured with.
   *
   * @param order which messages run one after the other
   * @param consumers of each process
   * @param limits of each process
   * @param retry when failed messages run again
   * @param timeout of one call
   * @param shape of the handler
   * @param batches when they are full, where the handler takes them
   * @param drain how it stops
   */
  record Pool(
      Order order,
      int consumers,
      PipelineLimits limits,
      RetryPolicy retry,
      Duration timeout,
      Shape shape,
      BatchLimits batches,
      DrainConfig drain) {}

  /**
   * How the group is.
   *
   * @param cooperative whether members keep what they have during a rebalance
   * @param partitions of the topic
   * @param session how long a silent member stays
   * @param revokeDeadline how long a revocation waits
   * @param window how far above a mark messages may begin
   * @param poll the most messages that one poll brings
   */
  record Group(
      boolean cooperative,
      int partitions,
      Duration session,
      Duration revokeDeadline,
      int window,
      int poll) {}

  /** Whether what always fails comes to an end. */
  boolean ends() {
    return deadLetters || discards();
  }

  /** Whether there is a tier of retries, where failed messages may end. */
  boolean moves() {
    return pool.retry().overflow() == Overflow.MOVE;
  }

  /** Whether an exhausted message is discarded. */
  boolean discards() {
    return pool.retry().onExhausted() == OnExhausted.DISCARD;
  }

  static WorldSettings draw(Choices choices) {
    boolean deadLetters = choices.pick(4) > 0;
    return new WorldSettings(
        pool(choices),
        group(choices),
        one(choices, Store.NONE, Store.MEMORY, Store.SHARED, Store.SHARED, Store.SHARED),
        millis(choices, 300, 9_000),
        deadLetters,
        choices.pick(2) == 0 ? 0 : 1 + choices.pick(30),
        millis(choices, 300, 3_000));
  }

  private static Pool pool(Choices choices) {
    PipelineLimits limits = limits(choices);
    RetryPolicy retry =
        RetryPolicy.DEFAULT
            .withAttempts(1 + choices.pick(5))
            .withBackoff(Duration.ofMillis(5), millis(choices, 20, 2_000))
            .with(
                one(choices, OnExhausted.DEAD_LETTER, OnExhausted.DEAD_LETTER, OnExhausted.DISCARD))
            .with(one(choices, Overflow.PAUSE, Overflow.DEAD_LETTER, Overflow.MOVE))
            .with(breaker(choices));
    Order order = one(choices, Order.KEY, Order.PARTITION, Order.UNORDERED);
    int consumers = 1 + choices.pick(2);
    Duration timeout = millis(choices, 200, 5_000);
    Shape shape = one(choices, Shape.BLOCKING, Shape.BATCH, Shape.ASYNCHRONOUS, Shape.ASYNCHRONOUS);
    BatchLimits batches = shape == Shape.BATCH ? batches(choices) : BatchLimits.DEFAULT;
    return new Pool(order, consumers, limits, retry, timeout, shape, batches, drain(choices));
  }

  static PipelineLimits limits(Choices choices) {
    return new PipelineLimits(
        1 + choices.pick(6), 8 + choices.pick(20), 200 + choices.pick(800), 1 + choices.pick(8));
  }

  private static BatchLimits batches(Choices choices) {
    Duration wait = choices.pick(4) == 0 ? Duration.ZERO : millis(choices, 1, 2_000);
    return new BatchLimits(1 + choices.pick(6), choices.between(20, 1_000), wait);
  }

  private static BreakerPolicy breaker(Choices choices) {
    int least = 2 + choices.pick(4);
    int percent = choices.pick(3) == 0 ? 0 : 1 + choices.pick(100);
    return new BreakerPolicy(
        percent, least, least + choices.pick(10), millis(choices, 100, 60_000));
  }

  private static DrainConfig drain(Choices choices) {
    DrainConfig.Strategy strategy =
        switch (choices.pick(5)) {
          case 0 -> DrainConfig.Strategy.IMMEDIATE;
          case 1 -> DrainConfig.Strategy.COOPERATIVE;
          default -> DrainConfig.Strategy.BOUNDED;
        };
    return new DrainConfig(millis(choices, 2_000, 25_000), strategy, null, null);
  }

  private static Group group(Choices choices) {
    return new Group(
        choices.pick(2) == 0,
        1 + choices.pick(3),
        millis(choices, 1_000, 8_000),
        millis(choices, 500, 8_000),
        choices.pick(3) == 0 ? 2 + choices.pick(8) : 24_000,
        1 + choices.pick(8));
  }

  private static Duration millis(Choices choices, int from, int to) {
    return Duration.ofMillis(choices.between(from, to));
  }

  @SafeVarargs
  private static <T> T one(Choices choices, T... all) {
    return all[choices.pick(all.length)];
  }
}
