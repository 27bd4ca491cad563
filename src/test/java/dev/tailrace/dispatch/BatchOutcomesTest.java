package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.source.Partition;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each message of a batch ends on its own, also where the batch fails as a whole. */
class BatchOutcomesTest {
  private static final String FIRST = "orders/0@0";
  private static final String SECOND = "orders/0@1";
  private static final String THIRD = "orders/0@2";
  private static final Duration WAIT = Duration.ofSeconds(1);
  private static final BatchLimits OF_THREE = new BatchLimits(3, 1_000, WAIT);

  @Test
  void eachMessageOfABatchEndsAsItsOwnOutcomeSays() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");

    end(
        pool,
        List.of(FIRST, SECOND, THIRD),
        List.of(Outcome.done(), Outcome.retry("later", WAIT), Outcome.discard("old")));

    assertThat(pool.events)
        .endsWith("done " + FIRST, "parked " + SECOND, "discarded " + THIRD)
        .doesNotContain("done " + SECOND);
    assertThat(pool.settled).containsExactly(FIRST, THIRD);
  }

  @Test
  void whatItsOutcomeSentBackMayBeWithOthersInTheNextBatch() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, new BatchLimits(2, 1_000, WAIT));
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a", "b");
    end(pool, List.of(FIRST, SECOND), List.of(Outcome.done(), Outcome.retry("later", WAIT)));
    pool.deliver(orders, "c");

    pool.world.runFor(WAIT);

    assertThat(pool.batches).containsOnlyKeys(List.of(THIRD, SECOND));
    assertThat(context(pool, SECOND).attempt()).isEqualTo(2);
    assertThat(context(pool, THIRD).attempt()).isEqualTo(1);
  }

  @Test
  void aBatchThatFailsIsAFailureOfEachWhichRunsAloneFromThenOn() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");

    fail(pool, List.of(FIRST, SECOND, THIRD), new IllegalStateException("no such table"));
    pool.world.runFor(Duration.ofMillis(200));

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST), List.of(SECOND), List.of(THIRD));
    assertThat(context(pool, FIRST).attempt()).isEqualTo(2);
    fail(pool, List.of(FIRST), new IllegalStateException("its own"));
    end(pool, List.of(SECOND), List.of(Outcome.done()));
    pool.world.runFor(Duration.ofSeconds(1));
    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST), List.of(THIRD));
    assertThat(context(pool, FIRST).attempt()).isEqualTo(3);
  }

  @Test
  void aMessageThatSpoilsItsBatchIsNoOutage() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 100, new BatchLimits(60, 1_000, WAIT));
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, Collections.nCopies(60, "a").toArray(String[]::new));

    fail(pool, pool.batches.keySet().iterator().next(), new IllegalStateException("one of 60"));

    assertThat(pool.loop.call(pool.dispatcher::outage)).isEmpty();
    pool.world.runFor(Duration.ofMillis(200));
    assertThat(pool.batches).hasSize(60);
  }

  @Test
  void whatIsPermanentOfABatchIsSoOfAMessageAloneOnly() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, new BatchLimits(2, 1_000, WAIT));
    pool.deliver(pool.assign("orders/0"), "a", "b");

    fail(pool, List.of(FIRST, SECOND), new IllegalArgumentException("one of them"));
    assertThat(pool.letters.arrived()).isEmpty();
    pool.world.runFor(Duration.ofMillis(200));
    fail(pool, List.of(FIRST), new IllegalArgumentException("this one"));

    assertThat(pool.letters.arrived()).hasSize(1);
    end(pool, List.of(SECOND), List.of(Outcome.done()));
    assertThat(pool.settled).containsExactly(FIRST, SECOND);
  }

  @Test
  void anAnswerOfAnotherSizeIsAFailureOfEach() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");

    end(pool, List.of(FIRST, SECOND, THIRD), List.of(Outcome.done(), Outcome.done()));

    assertThat(pool.events).endsWith("parked " + FIRST, "parked " + SECOND, "parked " + THIRD);
    assertThat(pool.settled).isEmpty();
  }

  private static void end(PoolFixture pool, List<String> batch, List<Outcome> outcomes) {
    running(pool, batch).complete(outcomes);
    settle(pool);
  }

  private static void fail(PoolFixture pool, List<String> batch, Throwable failure) {
    running(pool, batch).fail(failure);
    settle(pool);
  }

  private static Promise<List<Outcome>> running(PoolFixture pool, List<String> batch) {
    return Objects.requireNonNull(pool.batches.remove(batch), () -> "runs: " + pool.batches);
  }

  private static MessageContext context(PoolFixture pool, String message) {
    return Objects.requireNonNull(pool.contexts.get(message));
  }

  /** All turns that are due. */
  private static void settle(PoolFixture pool) {
    pool.world.runFor(Duration.ofMillis(1));
  }
}
