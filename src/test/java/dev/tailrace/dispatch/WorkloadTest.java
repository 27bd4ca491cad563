package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The prediction of a drain: a pure function of numbers, and near what a drain then takes. */
final class WorkloadTest {
  private static final long MILLI = 1_000_000;
  private static final HandlingTimes TEN = new HandlingTimes(10 * MILLI, 10 * MILLI, 10 * MILLI);
  private static final HandlingTimes UNEVEN =
      new HandlingTimes(20 * MILLI, 10 * MILLI, 200 * MILLI);

  @Test
  void nothingTakesNoTime() {
    assertThat(Workload.NONE.duration()).contains(Duration.ZERO);
  }

  @Test
  void whatIsNotKnownIsNotGuessed() {
    assertThat(new Workload(1, 0, 1, 0, 8, null).duration()).isEmpty();
  }

  @Test
  void whatIsBufferedIsSharedByThePermits() {
    assertThat(new Workload(4, 40, 44, 0, 4, TEN).duration()).contains(Duration.ofMillis(110));
  }

  @Test
  void permitsBeyondTheLanesHelpNothing() {
    assertThat(new Workload(2, 40, 2, 0, 256, TEN).duration()).contains(Duration.ofMillis(210));
  }

  @Test
  void oneLongLaneDecides() {
    assertThat(new Workload(4, 40, 20, 30, 4, TEN).duration()).contains(Duration.ofMillis(310));
  }

  @Test
  void theLastOfManyIsASlowOneAndTheOnlyOneIsLikelyNot() {
    assertThat(new Workload(1, 0, 1, 0, 256, UNEVEN).duration()).contains(Duration.ofMillis(10));
    assertThat(new Workload(100, 0, 100, 0, 256, UNEVEN).duration())
        .contains(Duration.ofMillis(200));
    assertThat(new Workload(10, 0, 10, 0, 256, UNEVEN).duration()).contains(Duration.ofMillis(105));
  }

  static Stream<Arguments> workloads() {
    return Stream.of(
        arguments("even", 16, 800, 800, even(10)),
        arguments("even, with few permits", 2, 200, 200, even(50)),
        arguments("no more than permits", 64, 64, 64, even(20)),
        arguments("between 5 and 200 ms", 32, 1_000, 1_000, uniform(5, 200)),
        arguments("exponential", 64, 2_000, 2_000, exponential(30)),
        arguments("exponential, with few permits", 4, 400, 400, exponential(30)),
        arguments("one in twenty is slow", 32, 1_000, 1_000, slowOnes(10, 300)),
        arguments("few keys", 64, 600, 6, uniform(5, 15)),
        arguments("one key", 16, 100, 1, uniform(5, 15)),
        arguments("as many keys as permits", 32, 960, 32, exponential(20)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("workloads")
  void thePredictionIsWithinThirtyPercentOfTheDrain(
      String name, int permits, int messages, int keys, ToLongFunction<Random> millis) {
    Random chance = new Random(7);
    PoolFixture pool = new PoolFixture(Order.KEY, permits, 10_000, 10);
    pool.work = () -> Duration.ofMillis(millis.applyAsLong(chance));
    var partition = pool.assign("orders/0");
    pool.deliver(partition, keys(300, 300)); // so that it knows how long a message takes
    pool.world.runFor(Duration.ofMinutes(5));
    pool.deliver(partition, keys(messages, keys));

    Duration predicted = pool.loop.call(pool.dispatcher::workload).duration().orElseThrow();
    long began = pool.loop.nanos();
    Future<Quiesced> drained =
        pool.quiesce(
            Scope.all(),
            QuiescePlan.drain(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)));
    while (!drained.isComplete()) {
      pool.world.runFor(Duration.ofMillis(1));
    }

    double took = pool.loop.nanos() - began;
    assertThat(predicted.toNanos() / took).isCloseTo(1, within(0.3));
    assertThat(pool.settled).hasSize(300 + messages);
  }

  private static String[] keys(int messages, int keys) {
    return Stream.iterate(0, i -> i + 1)
        .limit(messages)
        .map(i -> "key-" + i % keys)
        .toArray(String[]::new);
  }

  private static ToLongFunction<Random> even(long millis) {
    return chance -> millis;
  }

  private static ToLongFunction<Random> uniform(long from, long to) {
    return chance -> from + chance.nextLong(to - from);
  }

  private static ToLongFunction<Random> exponential(long mean) {
    return chance -> Math.max(1, Math.round(-Math.log(1 - chance.nextDouble()) * mean));
  }

  private static ToLongFunction<Random> slowOnes(long most, long slow) {
    return chance -> chance.nextInt(20) == 0 ? slow : most;
  }
}
