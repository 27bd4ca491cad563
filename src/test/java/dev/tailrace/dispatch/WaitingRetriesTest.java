package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits for its next attempt: the room it takes, and the permit it may hold meanwhile. */
class WaitingRetriesTest {
  @Test
  void ofTheBufferAsMuchStaysFreeAsMayWaitOnceMore() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 3, 20, 10);

    assertThat(pool.credit.get(pool.assign("orders/0"))).isEqualTo(17);
  }

  @Test
  void partitionsOfRetryTiersLeaveMostOfTheRoomToWhatIsRead() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, 170, 10);
    Partition read = pool.assign("orders/0");
    List<Partition> tiers =
        IntStream.range(0, 8).mapToObj(i -> new Partition("retry/" + i, 1)).toList();

    pool.loop.turn(() -> pool.dispatcher.assignedAside(tiers));

    assertThat(pool.credit.get(read)).as("half of what stays of the buffer").isEqualTo(80);
    assertThat(tiers).allSatisfy(tier -> assertThat(pool.credit.get(tier)).isEqualTo(10));
  }

  @Test
  void whatWaitsForItsNextAttemptKeepsToTheBufferToo() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 3, 3, 10);
    pool.deliver(pool.assign("orders/0"), "a", "b", "c", "d", "e");
    assertThat(counts(pool).buffered()).isEqualTo(2);

    for (int i = 0; i < 3; i++) {
      pool.end("orders/0@" + i, Outcome.retry("later", Duration.ofSeconds(5)));
      MessageCounts counts = counts(pool);
      assertThat(counts.buffered() + counts.parked()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void aPermitThatARevocationFreesGoesToAnotherPartition() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 1);
    Partition going = pool.assign("orders/0");
    Partition staying = pool.assign("orders/1");
    pool.deliver(going, "a", "b");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofHours(1)));
    pool.end("orders/0@1", Outcome.retry("later", Duration.ofHours(1)));
    pool.deliver(staying, "c");
    assertThat(pool.running).as("the one permit waits with a retry").isEmpty();

    pool.loop.call(() -> pool.dispatcher.revoke(List.of(going), Duration.ofSeconds(8)));

    assertThat(pool.running).containsOnlyKeys("orders/1@2");
  }

  @Test
  void aPermitThatALossFreesGoesToAnotherPartition() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 100, 1);
    Partition going = pool.assign("orders/0");
    Partition staying = pool.assign("orders/1");
    pool.deliver(going, "a", "b");
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofHours(1)));
    pool.end("orders/0@1", Outcome.retry("later", Duration.ofHours(1)));
    pool.deliver(staying, "c");

    pool.loop.turn(() -> pool.dispatcher.lost(List.of(going)));

    assertThat(pool.running).containsOnlyKeys("orders/1@2");
  }

  private static MessageCounts counts(PoolFixture pool) {
    return pool.loop.call(pool.dispatcher::counts);
  }
}
