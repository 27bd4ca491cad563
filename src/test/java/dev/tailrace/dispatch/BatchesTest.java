package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.CancelReason;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When batches start, and of what. */
class BatchesTest {
  private static final String FIRST = "orders/0@0";
  private static final String SECOND = "orders/0@1";
  private static final String THIRD = "orders/0@2";
  private static final Duration WAIT = Duration.ofSeconds(1);
  private static final BatchLimits OF_THREE = new BatchLimits(3, 1_000, WAIT);
  private static final BatchLimits OF_MANY = new BatchLimits(50, 1_000, WAIT);
  private static final QuiescePlan DRAIN =
      QuiescePlan.drain(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(21));

  // -- when it starts

  @Test
  void aBatchStartsWhenItIsFull() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_THREE);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a", "b");
    assertThat(pool.batches).isEmpty();

    pool.deliver(orders, "c", "d");

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND, THIRD));
    assertThat(executing(pool)).as("permits, the one of who waits too").isEqualTo(4);
  }

  @Test
  void aBatchStartsBeforeTheMessageThatWouldBeTooMuchForItsBytes() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, new BatchLimits(50, 25, WAIT));
    pool.deliver(pool.assign("orders/0"), "a", "b", "c"); // 10 bytes each

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
  }

  @Test
  void aMessageThatIsLargerThanABatchGoesAlone() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, new BatchLimits(50, 25, WAIT));
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a");
    pool.deliver(pool.delivery(orders, "b").weighing(26));

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST), List.of(SECOND));
  }

  @Test
  void aBatchThatNobodyFillsStartsOnceItsFirstMessageHasWaitedLongEnough() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_THREE);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a");
    pool.world.runFor(Duration.ofMillis(600));
    pool.deliver(orders, "b");
    pool.world.runFor(Duration.ofMillis(399));
    assertThat(pool.batches).isEmpty();

    pool.world.runFor(Duration.ofMillis(1));

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
  }

  @Test
  void aBatchWaitsForNobodyWhereItsLimitsSaySo() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, new BatchLimits(3, 99, Duration.ZERO));
    pool.deliver(pool.assign("orders/0"), "a", "b");
    settle(pool);

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
  }

  @Test
  void aBatchThatHasAllPermitsStarts() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 2, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");
    settle(pool);

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
  }

  @Test
  void theBatchThatFollowsTakesAllPermitsThatAnotherOneLeavesBehind() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 3, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c", "d", "e", "f");
    settle(pool);

    end(pool, List.of(FIRST, SECOND, THIRD), Collections.nCopies(3, Outcome.done()));

    assertThat(pool.batches).containsOnlyKeys(List.of("orders/0@3", "orders/0@4", "orders/0@5"));
  }

  @Test
  void aBatchStartsWhereAllLanesAreBusy() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 10, OF_MANY);
    Partition one = pool.assign("orders/0");
    Partition other = pool.assign("orders/1");
    pool.deliver(one, "a", "b");
    settle(pool);
    assertThat(pool.batches).as("the other partition may bring one").isEmpty();

    pool.deliver(other, "c");
    settle(pool);

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, "orders/1@2"));
  }

  @Test
  void aBatchStartsWhenTheSourceBringsNothingMore() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b");
    settle(pool);
    assertThat(pool.batches).isEmpty();

    pool.quiesce(Scope.all(), QuiescePlan.pause());
    settle(pool);

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
  }

  @Test
  void aBatchHoldsOneMessageOfAKey() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "a", "b", "a", "c");

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, THIRD, "orders/0@4"));
  }

  @Test
  void whereNothingIsOrderedABatchHoldsAnyMessages() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "a", "a");

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND, THIRD));
  }

  // -- a stop meanwhile

  @Test
  void aBatchThatFillsStartsAsTheDrainBegins() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b");

    Future<Quiesced> drained = pool.quiesce(Scope.all(), DRAIN);
    settle(pool);

    assertThat(pool.batches).containsOnlyKeys(List.of(FIRST, SECOND));
    end(pool, List.of(FIRST, SECOND), List.of(Outcome.done(), Outcome.done()));
    assertThat(drained.isComplete()).isTrue();
    assertThat(pool.settled).containsExactly(FIRST, SECOND);
  }

  @Test
  void aBatchThatFillsGoesBackWhereTheDrainStartsNothing() {
    PoolFixture pool = new PoolFixture(Order.KEY, 10, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b", "a");

    Future<Quiesced> drained =
        pool.quiesce(Scope.all(), QuiescePlan.immediate(Duration.ofSeconds(5)));
    settle(pool);

    assertThat(pool.batches).isEmpty();
    assertThat(drained.isComplete()).isTrue();
    assertThat(pool.released).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
  }

  @Test
  void aRevocationTakesItsMessagesOutOfABatchAndTheOthersStart() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_MANY);
    Partition going = pool.assign("orders/0");
    pool.deliver(going, "a");
    pool.deliver(pool.assign("orders/1"), "b");

    Future<Void> revoked =
        pool.loop.call(() -> pool.dispatcher.revoke(List.of(going), Duration.ofSeconds(8)));
    settle(pool);

    assertThat(revoked.isComplete()).isTrue();
    assertThat(pool.released).containsExactly(FIRST);
    assertThat(pool.batches).containsOnlyKeys(List.of("orders/1@1"));
  }

  @Test
  void aLostPartitionTakesItsMessagesOutOfABatchThatGoesOnFilling() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_THREE);
    Partition gone = pool.assign("orders/0");
    Partition ours = pool.assign("orders/1");
    pool.deliver(gone, "a");
    pool.deliver(ours, "b");

    pool.loop.turn(() -> pool.dispatcher.lost(List.of(gone)));
    settle(pool);
    pool.deliver(ours, "c", "d");

    assertThat(pool.released).containsExactly(FIRST);
    assertThat(pool.batches).containsOnlyKeys(List.of("orders/1@1", "orders/1@2", "orders/1@3"));
  }

  @Test
  void eachMessageIsCancelledForItsOwnPartition() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 2, OF_MANY);
    Partition going = pool.assign("orders/0");
    Partition ours = pool.assign("orders/1");
    pool.deliver(List.of(pool.delivery(going, "a"), pool.delivery(ours, "b")));
    settle(pool);

    pool.loop.turn(() -> pool.dispatcher.revoke(List.of(going), Duration.ofSeconds(8)));
    pool.world.runFor(Duration.ofSeconds(7));

    assertThat(cancellation(pool, FIRST)).isEqualTo(CancelReason.REVOKED);
    assertThat(context(pool, "orders/1@1").cancelled()).isFalse();
  }

  @Test
  void aTimeOutIsThatOfEachMessageOfTheBatch() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 2, OF_MANY);
    pool.deliver(pool.assign("orders/0"), "a", "b");
    pool.world.runFor(PoolFixture.TIMEOUT.plus(Duration.ofSeconds(1)));

    assertThat(cancellation(pool, FIRST)).isEqualTo(CancelReason.TIMEOUT);
    assertThat(cancellation(pool, SECOND)).isEqualTo(CancelReason.TIMEOUT);
    assertThat(executing(pool)).as("it only asks").isEqualTo(2);
  }

  private static void end(PoolFixture pool, List<String> batch, List<Outcome> outcomes) {
    running(pool, batch).complete(outcomes);
    settle(pool);
  }

  private static Promise<List<Outcome>> running(PoolFixture pool, List<String> batch) {
    return Objects.requireNonNull(pool.batches.remove(batch), () -> "runs: " + pool.batches);
  }

  private static MessageContext context(PoolFixture pool, String message) {
    return Objects.requireNonNull(pool.contexts.get(message));
  }

  private static CancelReason cancellation(PoolFixture pool, String message) {
    Future<CancelReason> reason = context(pool, message).cancellation();
    settle(pool);
    return reason.result();
  }

  @Test
  void ofABatchWhoseHandlerIsStuckOneMessageIsNamedAndHowManyMoreThereAre() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_THREE);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");

    pool.world.runFor(PoolFixture.TIMEOUT.multipliedBy(3));

    assertThat(pool.loop.call(pool.dispatcher::stuck)).as("messages").isEqualTo(3);
    assertThat(pool.events.stream().filter(event -> event.startsWith("alarm")))
        .singleElement()
        .asString()
        .startsWith("alarm stuck " + FIRST + ", in a batch with 2 more, runs for ");
  }

  /** All turns that are due. */
  private static void settle(PoolFixture pool) {
    pool.world.runFor(Duration.ofMillis(1));
  }

  private static int executing(PoolFixture pool) {
    return pool.loop.call(pool.dispatcher::counts).executing();
  }
}
