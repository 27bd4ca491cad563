package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.Order;
import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.dispatch.Quiesced;
import dev.tailrace.dispatch.Scope;
import dev.tailrace.message.Message;
import dev.tailrace.observe.Finish;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.processing.RetryPolicy.Overflow;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An outage: every message fails, until what the handler needs is back. */
class OutageTest {
  private static final int MESSAGES = 400;

  @ParameterizedTest
  @CsvSource({
    "1, KEY, 32, 256",
    "2, KEY, 4, 256",
    "3, KEY, 32, 100",
    "4, PARTITION, 8, 64",
    "5, UNORDERED, 32, 256",
    "6, UNORDERED, 4, 6",
    "7, UNORDERED, 64, 512",
    "8, KEY, 8, 5"
  })
  void anOutageStopsTheStartsAndNothingDiesOfIt(
      long seed, Order order, int concurrency, int parked) {
    FailingKeys run =
        new FailingKeys(
            seed,
            MESSAGES,
            MESSAGES / 2,
            FailingKeys.limits(order, concurrency, 512, parked),
            RetryPolicy.DEFAULT.with(Overflow.DEAD_LETTER));
    run.assign();
    run.world.runFor(Duration.ofMillis(15));
    int good = run.finished.size();
    run.fails = message -> true;

    run.world.runFor(Duration.ofMinutes(1));
    int before = calls(run);
    run.world.runFor(Duration.ofMinutes(10));

    assertThat(run.breaker).as("the outage is noticed").startsWith("open");
    assertThat(run.consumer.loop.call(run.consumer.dispatcher::outage))
        .hasValueSatisfying(why -> assertThat(why).contains("failed").contains("probes"));
    assertThat(run.alarms).singleElement().asString().startsWith("outage: ");
    assertThat(calls(run) - before).as("probes of ten minutes, some 15 s apart").isBetween(10, 80);
    // One lane tries one message at a time, and fewer than five in a row are no sign.
    int most = order == Order.PARTITION ? 4 : 0;
    assertThat(run.letters.arrived()).hasSizeLessThanOrEqualTo(most);
    assertThat(run.finished).hasSizeBetween(good, good + concurrency + most);

    run.fails = message -> false;
    int calls = calls(run);
    run.world.runUntil(() -> run.breaker.equals("closed"));
    assertThat(run.callsAtBreaker - calls).as("probes until it goes on").isLessThanOrEqualTo(2);
    run.runToTheEnd();

    assertThat(run.letters.arrived()).hasSizeLessThanOrEqualTo(most);
    assertThat(run.finished.values()).filteredOn(Finish.DONE::equals).hasSize(MESSAGES - died(run));
    assertThat(run.consumer.loop.call(run.consumer.dispatcher::outage)).isEmpty();
  }

  private static int died(FailingKeys run) {
    return run.letters.arrived().size();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void poisonAmongThemDelaysTheEndOfAnOutageByItsShareOfProbesOnly(long seed) {
    FailingKeys run = started(seed);
    run.world.runFor(Duration.ofMinutes(5));

    run.fails = OutageTest::isPoison;
    run.runToTheEnd();

    for (Message message : run.all()) {
      boolean poison = isPoison(message);
      assertThat(run.finished.get(message)).isEqualTo(poison ? Finish.DEAD_LETTERED : Finish.DONE);
      assertThat(run.letters(message)).isEqualTo(poison ? 1 : 0);
      if (poison) {
        assertThat(run.calls(message) - run.spared(message)).as("attempts").isEqualTo(5);
      }
    }
  }

  @Test
  void oneMessageAtATimeProbesAndEachTimeAnotherOne() {
    FailingKeys run = started(1);
    run.world.runFor(Duration.ofMinutes(1));
    int most = 0;
    run.order.clear();
    for (int i = 0; i < 60_000; i++) {
      run.world.runFor(Duration.ofMillis(10));
      most = Math.max(most, run.executing);
    }

    assertThat(most).isEqualTo(1);
    assertThat(run.order).hasSizeGreaterThan(10).doesNotHaveDuplicates();
  }

  /** As of what another process has failed at, which is delivered first. */
  @Test
  void aHeapOfPoisonThatCameFirstHoldsUpNothingElse() {
    FailingKeys run =
        new FailingKeys(
            1, 300, 300, FailingKeys.limits(Order.KEY, 8, 512, 256), RetryPolicy.DEFAULT);
    run.fails = message -> run.all().indexOf(message) < 150;
    run.assign();

    run.world.runFor(Duration.ofMinutes(5));

    assertThat(run.finished.values()).filteredOn(Finish.DONE::equals).hasSize(150);
  }

  @Test
  void oneKeyThatAlwaysFailsIsNoOutage() {
    FailingKeys run =
        new FailingKeys(
            1, 300, 30, FailingKeys.limits(Order.KEY, 8, 512, 256), RetryPolicy.DEFAULT);
    run.fails = message -> String.valueOf(message.key()).equals("key-7");
    run.assign();

    run.runToTheEnd();

    assertThat(run.alarms).isEmpty();
    assertThat(run.letters.arrived()).hasSize(10);
  }

  @Test
  void withoutABreakerAnOutageEndsInDeadLetters() {
    FailingKeys run =
        new FailingKeys(
            1,
            100,
            50,
            FailingKeys.limits(Order.KEY, 8, 512, 256),
            RetryPolicy.DEFAULT.with(BreakerPolicy.OFF));
    run.fails = message -> true;
    run.assign();

    run.runToTheEnd();

    assertThat(run.letters.arrived()).hasSize(100);
  }

  @ParameterizedTest
  @EnumSource(Overflow.class)
  void aDrainDoesNotWaitForAnOutageToEnd(Overflow overflow) {
    FailingKeys run =
        new FailingKeys(
            3,
            MESSAGES,
            MESSAGES,
            FailingKeys.limits(Order.KEY, 16, 512, 8),
            RetryPolicy.DEFAULT.with(overflow));
    run.fails = message -> true;
    run.assign();
    run.world.runFor(Duration.ofMinutes(1));
    Duration soft = Duration.ofSeconds(15);
    Duration most = Duration.ofSeconds(20);
    long began = run.world.nanos();

    Future<Quiesced> drained =
        run.consumer.loop.call(
            () ->
                run.consumer.dispatcher.quiesce(Scope.all(), QuiescePlan.drain(soft, most, most)));

    run.world.await(drained);
    assertThat(Duration.ofNanos(run.world.nanos() - began)).isLessThan(Duration.ofSeconds(1));
    assertThat(run.consumer.counts().inFlight()).isZero();
    assertThat(run.consumer.counts().abandoned()).isZero();
    assertThat(run.letters.arrived()).isEmpty();
  }

  @Test
  void aProbeThatHangsDoesNotHoldTheNextOneBack() {
    FailingKeys run = started(1);
    run.world.runFor(Duration.ofMinutes(1));
    run.hangs = 1;
    run.world.runFor(Duration.ofMinutes(2));
    assertThat(run.hangs).as("calls that are still to hang").isZero();

    run.fails = message -> false;
    run.world.runFor(Duration.ofMinutes(3));

    assertThat(run.breaker).isEqualTo("closed");
    assertThat(run.finished).hasSize(MESSAGES - 1);
    assertThat(run.finished.values()).containsOnly(Finish.DONE);
  }

  @Test
  void aPartitionThatIsTakenAwayInAnOutageGoesAtOnce() {
    FailingKeys run = started(1);
    run.world.runFor(Duration.ofMinutes(1));

    Future<Void> revoked =
        run.consumer.loop.call(
            () -> run.consumer.dispatcher.revoke(List.of(run.partition), Duration.ofSeconds(8)));
    run.world.await(revoked);

    assertThat(run.consumer.counts().inFlight()).isZero();
    assertThat(run.consumer.counts().released()).isEqualTo(run.consumer.counts().received());
  }

  private static FailingKeys started(long seed) {
    FailingKeys run =
        new FailingKeys(
            seed,
            MESSAGES,
            MESSAGES,
            FailingKeys.limits(Order.KEY, 16, 512, 256),
            RetryPolicy.DEFAULT);
    run.fails = message -> true;
    run.assign();
    return run;
  }

  private static boolean isPoison(Message message) {
    return message.origin().major() % 10 < 3;
  }

  private static int calls(FailingKeys run) {
    return run.calls.values().stream().mapToInt(Integer::intValue).sum();
  }
}
