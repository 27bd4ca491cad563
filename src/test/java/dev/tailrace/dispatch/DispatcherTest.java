package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  @Test
  void messagesOfOneKeyRunOneAfterTheOther() {
    PoolFixture pool = new PoolFixture(Order.KEY, 4, 100, 10);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a", "a", "b");

    assertThat(pool.running).containsOnlyKeys("orders/0@0", "orders/0@2");

    pool.end("orders/0@0", Outcome.done());

    assertThat(pool.running).containsOnlyKeys("orders/0@2", "orders/0@1");
    assertThat(pool.settled).containsExactly("orders/0@0");
  }

  @Test
  void aRetryHoldsItsKeyAndNoPermit() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, 100, 10);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a", "a", "b");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofSeconds(5)));

    assertThat(pool.running).as("the permit went to another key").containsOnlyKeys("orders/0@2");
    pool.end("orders/0@2", Outcome.done());
    assertThat(pool.running).as("its own key waits").isEmpty();

    pool.world.runFor(Duration.ofSeconds(5));

    assertThat(pool.running).containsOnlyKeys("orders/0@0");
  }

  @Test
  void messagesWithoutAKeyStandAlone() {
    PoolFixture pool = new PoolFixture(Order.KEY, 4, 100, 10);
    pool.deliver(pool.assign("orders/0"), "", "", "");

    assertThat(pool.running).hasSize(3);
  }

  @Test
  void noMoreRunThanThereArePermits() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 2, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");

    assertThat(pool.running).hasSize(2);
    assertThat(counts(pool).buffered()).isEqualTo(1);
  }

  @Test
  void aSlowPartitionIsHeldBackAlone() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, 22, 10);
    Partition slow = pool.assign("orders/0");
    Partition quick = pool.assign("orders/1");
    pool.deliver(slow, Collections.nCopies(12, "k").toArray(String[]::new));

    assertThat(pool.credit).containsEntry(slow, 0);
    assertThat(pool.credit.get(quick)).as("what the buffer has left").isEqualTo(9);
  }

  @Test
  void whatAPollBringsBeyondItsCreditIsTakenFromTheOthers() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, 22, 10);
    Partition slow = pool.assign("orders/0");
    Partition quick = pool.assign("orders/1");
    pool.deliver(slow, Collections.nCopies(16, "k").toArray(String[]::new));

    assertThat(pool.credit).containsEntry(slow, 0).containsEntry(quick, 5);
  }

  @Test
  void noCreditIsGivenBeforeAllOfAPollIsCounted() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, 22, 10);
    Partition first = pool.assign("orders/0");
    Partition second = pool.assign("orders/1");
    List<Delivery> poll = new ArrayList<>();
    IntStream.range(0, 16).forEach(i -> poll.add(pool.delivery(first, "k")));
    IntStream.range(0, 5).forEach(i -> poll.add(pool.delivery(second, "k")));
    pool.requests.clear();

    pool.deliver(poll);

    assertThat(pool.requests).containsOnly("0 of orders/0", "0 of orders/1");
  }

  @Test
  void whatExecutesCountsAgainstTheBytesUntilItHasEnded() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, 100, 10);
    Partition orders = pool.assign("orders/0");
    List<Delivery> poll = new ArrayList<>();
    IntStream.range(0, 3).forEach(i -> poll.add(pool.delivery(orders, "").weighing(300_000)));
    pool.deliver(poll);

    assertThat(pool.running).hasSize(3);
    assertThat(pool.credit).as("permits are free, and no memory").containsEntry(orders, 0);
    pool.end("orders/0@0", Outcome.done());
    assertThat(pool.credit.get(orders)).isPositive();
  }

  @Test
  void aMessageThatIsLargerThanAllBytesPassesAlone() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, 100, 10);
    Partition one = pool.assign("orders/0");
    Partition other = pool.assign("orders/1");
    pool.deliver(pool.delivery(one, "").weighing(5_000_000));

    assertThat(pool.running).hasSize(1);
    assertThat(pool.credit).containsEntry(one, 0).containsEntry(other, 0);
    pool.end("orders/0@0", Outcome.done());
    assertThat(pool.credit.values()).allSatisfy(DispatcherTest::isPositive);
  }

  @Test
  void whoWasLeftWithoutCreditGetsItWhenThereIsRoomAgain() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, 22, 10);
    Partition slow = pool.assign("orders/0");
    Partition quick = pool.assign("orders/1");
    pool.deliver(slow, Collections.nCopies(21, "k").toArray(String[]::new));
    assertThat(pool.credit).containsEntry(slow, 0).containsEntry(quick, 0);

    for (int i = 0; i < 21; i++) {
      pool.end("orders/0@" + i, Outcome.done());
    }

    assertThat(pool.credit.get(slow)).isPositive();
    assertThat(pool.credit.get(quick)).isPositive();
    assertThat(pool.credit.values().stream().mapToInt(Integer::intValue).sum()).isBetween(10, 20);
  }

  @Test
  void everyoneMayDeliverSomethingWherePartitionsAreMoreThanTheBuffer() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, 2, 10);
    List<Partition> all = IntStream.range(0, 5).mapToObj(i -> pool.assign("orders/" + i)).toList();

    assertThat(pool.credit).containsOnlyKeys(all).allSatisfy((one, credit) -> isPositive(credit));
  }

  private static void isPositive(int credit) {
    assertThat(credit).isPositive();
  }

  @Test
  void aPartitionIsAskedAgainWhenHalfOfItsShareIsFree() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 1, 11, 10);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, Collections.nCopies(11, "k").toArray(String[]::new));
    assertThat(pool.credit).containsEntry(orders, 0);

    for (int i = 0; i < 4; i++) {
      pool.end("orders/0@" + i, Outcome.done());
    }
    assertThat(pool.credit).as("less than half is free").containsEntry(orders, 0);
    pool.end("orders/0@4", Outcome.done());

    assertThat(pool.credit).containsEntry(orders, 5);
  }

  @Test
  void atTheCeilingOfParkedRetriesAMessageWaitsWithItsPermit() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 2, 100, 1);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofSeconds(5)));
    pool.end("orders/0@1", Outcome.retry("later", Duration.ofSeconds(5)));

    MessageCounts counts = counts(pool);
    assertThat(counts.parked()).isEqualTo(1);
    assertThat(counts.executing()).as("one waits, one runs").isEqualTo(2);
    assertThat(pool.running).containsOnlyKeys("orders/0@2");

    pool.world.runFor(Duration.ofSeconds(5));
    assertThat(pool.running).containsKeys("orders/0@1");
  }

  @Test
  void whatLanesHoldBehindThemCountsAgainstTheCeiling() {
    PoolFixture pool = new PoolFixture(Order.KEY, 2, 100, 2);
    pool.deliver(pool.assign("orders/0"), "a", "a", "a");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofSeconds(5)));

    assertThat(counts(pool).parked()).isZero();
    assertThat(counts(pool).executing()).isEqualTo(1);
  }

  @Test
  void whatFinishedInAnEarlierEpochIsSkipped() {
    PoolFixture pool = new PoolFixture(Order.KEY, 2, 100, 2);
    Partition orders = pool.assign("orders/0");
    pool.deliver(pool.delivery(orders, "").finishedInAnEpochBefore());

    assertThat(pool.running).isEmpty();
    assertThat(pool.events).containsExactly("skipped orders/0@0");
    assertThat(counts(pool).finishedTotal()).isEqualTo(1);
  }

  @Test
  void aRevocationReleasesWhatHasNotStartedAndWaitsForWhatRuns() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, 100, 2);
    Partition going = pool.assign("orders/0");
    Partition staying = pool.assign("orders/1");
    pool.deliver(going, "a", "a", "b");
    pool.deliver(staying, "c");
    Future<Void> revoked =
        pool.loop.call(() -> pool.dispatcher.revoke(List.of(going), Duration.ofSeconds(8)));

    assertThat(pool.released).containsExactlyInAnyOrder("orders/0@1", "orders/0@2");
    assertThat(revoked.isComplete()).isFalse();

    pool.end("orders/0@0", Outcome.done());

    assertThat(revoked.succeeded()).isTrue();
    assertThat(pool.running).as("the other partition goes on").containsOnlyKeys("orders/1@3");
  }

  @Test
  void aHandlerThatOverrunsItsRevocationIsCancelledCountedAndKeptInFlight() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, 100, 2);
    Partition going = pool.assign("orders/0");
    pool.deliver(going, "a");
    Future<Void> revoked =
        pool.loop.call(() -> pool.dispatcher.revoke(List.of(going), Duration.ofSeconds(8)));
    pool.world.runFor(Duration.ofSeconds(7));

    assertThat(cancellation(pool, "orders/0@0")).isEqualTo(CancelReason.REVOKED);
    assertThat(revoked.isComplete()).isFalse();

    pool.world.runFor(Duration.ofSeconds(2));

    assertThat(revoked.succeeded()).isTrue();
    assertThat(pool.events).contains("overran orders/0@0");
    assertThat(counts(pool).executing()).isEqualTo(1);

    pool.end("orders/0@0", Outcome.retry("late"));

    assertThat(pool.released).as("a late failure goes back").containsExactly("orders/0@0");
    assertThat(counts(pool).inFlight()).isZero();
  }

  @Test
  void entriesTakenByAnotherConsumerAreDroppedUnlessTheyRun() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, 100, 2);
    Partition orders = pool.assign("orders/0");
    List<Delivery> batch = pool.deliver(orders, "a", "a", "b");
    pool.loop.turn(() -> pool.dispatcher.lostDeliveries(batch));

    assertThat(pool.released).containsExactlyInAnyOrder("orders/0@1", "orders/0@2");
    assertThat(pool.running).containsOnlyKeys("orders/0@0");

    pool.end("orders/0@0", Outcome.done());

    assertThat(pool.settled).as("the work was done").containsExactly("orders/0@0");
    assertThat(counts(pool).inFlight()).isZero();
  }

  @Test
  void aDrainReleasesParkedRetriesAndWhatWaitsBehindThem() {
    PoolFixture pool = new PoolFixture(Order.KEY, 2, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a", "a", "b");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofSeconds(5)));
    Future<Quiesced> drained = pool.quiesce(Scope.all(), drain(10, 20, 21));

    assertThat(pool.released).containsExactly("orders/0@0", "orders/0@1");
    assertThat(pool.contexts.get("orders/0@2"))
        .satisfies(
            context -> {
              assertThat(context.draining()).isTrue();
              assertThat(context.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(20));
            });

    pool.end("orders/0@2", Outcome.done());

    assertThat(drained.result().leftBehind()).isEmpty();
  }

  @Test
  void bufferedWorkStartsUntilTheSoftEndOfADrain() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c");
    pool.quiesce(Scope.all(), drain(10, 20, 21));
    pool.end("orders/0@0", Outcome.done());
    assertThat(pool.running).containsOnlyKeys("orders/0@1");

    pool.world.runFor(Duration.ofSeconds(10));

    assertThat(pool.released).containsExactly("orders/0@2");
    assertThat(pool.running).as("what runs goes on").containsOnlyKeys("orders/0@1");
  }

  @Test
  void whatStillRunsAtTheEndOfADrainIsAbandonedByName() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a", "a");
    Future<Quiesced> drained = pool.quiesce(Scope.all(), drain(10, 20, 21));
    pool.world.runFor(Duration.ofSeconds(20));
    assertThat(cancellation(pool, "orders/0@0")).isEqualTo(CancelReason.FORCED);

    pool.world.runFor(Duration.ofSeconds(2));

    assertThat(drained.result().leftBehind())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.source() + "@" + left.position()).isEqualTo("orders/0@0");
              assertThat(left.stage()).isEqualTo("handling");
            });
    assertThat(pool.released).as("nothing overtakes it").containsExactly("orders/0@1");
    assertThat(counts(pool).abandoned()).isEqualTo(1);

    pool.end("orders/0@0", Outcome.done());

    assertThat(pool.settled).as("its late end changes nothing").isEmpty();
  }

  @Test
  void aSecondStopForcesTheFirst() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a", "b");
    Future<Quiesced> first = pool.quiesce(Scope.all(), drain(10, 20, 21));
    Future<Quiesced> second =
        pool.quiesce(Scope.all(), QuiescePlan.immediate(Duration.ofMillis(500)));

    assertThat(pool.released).containsExactly("orders/0@1");
    assertThat(cancellation(pool, "orders/0@0")).isEqualTo(CancelReason.FORCED);

    pool.world.runFor(Duration.ofMillis(600));

    assertThat(first.succeeded()).isTrue();
    assertThat(second.succeeded()).isTrue();
  }

  @Test
  void whatArrivesAfterTheDrainBeganIsNotReceived() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 10);
    Partition orders = pool.assign("orders/0");
    pool.quiesce(Scope.all(), drain(10, 20, 21));
    pool.deliver(orders, "a");

    assertThat(counts(pool).received()).isZero();
    assertThat(pool.released).containsExactly("orders/0@0");
    assertThat(pool.events).isEmpty();
  }

  @Test
  void aPauseStopsIntakeOnlyAndEndsWithAResume() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 10);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, "a", "b");
    Future<Quiesced> paused = pool.quiesce(Scope.all(), QuiescePlan.pause());
    assertThat(pool.credit).containsEntry(orders, 0);

    pool.end("orders/0@0", Outcome.retry("once more", Duration.ofSeconds(1)));
    pool.end("orders/0@1", Outcome.done());
    pool.world.runFor(Duration.ofSeconds(1));
    pool.end("orders/0@0", Outcome.done());

    assertThat(paused.succeeded()).as("buffered work and retries have finished").isTrue();

    pool.loop.turn(pool.dispatcher::resume);

    assertThat(pool.credit.get(orders)).isPositive();
  }

  private static QuiescePlan drain(int startFor, int cancelAfter, int leaveAfter) {
    return QuiescePlan.drain(
        Duration.ofSeconds(startFor),
        Duration.ofSeconds(cancelAfter),
        Duration.ofSeconds(leaveAfter));
  }

  private static CancelReason cancellation(PoolFixture pool, String message) {
    Future<CancelReason> reason = Objects.requireNonNull(pool.contexts.get(message)).cancellation();
    pool.world.runFor(Duration.ZERO);
    return reason.result();
  }

  private static MessageCounts counts(PoolFixture pool) {
    MessageCounts now = pool.loop.call(pool.dispatcher::counts);
    assertThat(now.finishedTotal() + now.released() + now.abandoned() + now.inFlight())
        .as("received = finished + released + abandoned + in flight")
        .isEqualTo(now.received());
    return now;
  }
}
