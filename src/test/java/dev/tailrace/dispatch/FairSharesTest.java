package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where permits are scarce, each partition that has something ready holds its share of them. */
class FairSharesTest {
  private static final int BUFFER = 100_000;

  @Test
  void startsAlternateAlsoWhereOnePartitionHasAThousandTimesAsManyKeysReady() {
    PoolFixture pool = new PoolFixture(Order.KEY, 1, BUFFER, 10);
    Partition crowded = pool.assign("crowded");
    Partition sparse = pool.assign("sparse");
    pool.deliver(crowded, keys(10_000));
    pool.deliver(sparse, keys(10));

    for (int i = 0; i < 30; i++) {
      endOne(pool);
    }

    List<String> expected =
        IntStream.range(0, 20).mapToObj(i -> i % 2 == 0 ? "crowded" : "sparse").toList();
    assertThat(started(pool).subList(1, 21)).as("after the first").isEqualTo(expected);
    assertThat(started(pool).subList(21, 31))
        .as("then all turns are the crowded one's")
        .containsOnly("crowded");
  }

  @Test
  void aPartitionWhoseMessagesTakeLongHoldsItsShareOfThePermitsAndNoMore() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, BUFFER, 10);
    Partition slow = pool.assign("slow");
    Partition quick = pool.assign("quick");
    pool.deliver(slow, keys(1_000));
    assertThat(running(pool, "slow")).as("nobody else asks for them").isEqualTo(10);

    pool.deliver(quick, keys(1_000));
    for (int i = 0; i < 5; i++) {
      assertThat(running(pool, "quick")).as("each permit that comes free is its own").isEqualTo(i);
      end(pool, "slow");
    }

    for (int round = 1; round <= 200; round++) {
      assertThat(running(pool, "slow")).isEqualTo(5);
      assertThat(running(pool, "quick")).isEqualTo(5);
      end(pool, round % 10 == 0 ? "slow" : "quick");
    }
  }

  @Test
  void whatAPartitionDoesNotAskForIsSharedByTheOthers() {
    PoolFixture pool = new PoolFixture(Order.KEY, 9, BUFFER, 10);
    pool.deliver(pool.assign("first"), keys(100));
    pool.deliver(pool.assign("one-key"), Collections.nCopies(50, "k").toArray(String[]::new));
    pool.deliver(pool.assign("second"), keys(100));

    for (int i = 0; i < 40; i++) {
      endOne(pool);
    }

    assertThat(running(pool, "one-key")).isEqualTo(1);
    assertThat(running(pool, "first")).isEqualTo(4);
    assertThat(running(pool, "second")).isEqualTo(4);
  }

  @Test
  void partitionsTakeTurnsWhereTheyAreMoreThanThePermits() {
    PoolFixture pool = new PoolFixture(Order.PARTITION, 2, BUFFER, 10);
    for (int partition = 0; partition < 5; partition++) {
      pool.deliver(
          pool.assign("p" + partition), Collections.nCopies(20, "k").toArray(String[]::new));
    }

    for (int i = 0; i < 48; i++) {
      endOne(pool);
    }

    assertThat(started(pool).stream().collect(Collectors.groupingBy(one -> one)).values())
        .allSatisfy(starts -> assertThat(starts).hasSize(10));
  }

  @Test
  void aMessageThatWaitsWithItsPermitCountsForItsPartition() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 4, BUFFER, 1);
    Partition failing = pool.assign("failing");
    pool.deliver(failing, keys(3));
    for (int i = 0; i < 3; i++) {
      pool.end("failing@" + i, Outcome.retry("later", Duration.ofHours(1)));
    }
    pool.deliver(failing, keys(10));
    pool.deliver(pool.assign("healthy"), keys(10));
    assertThat(running(pool, "failing"))
        .as("beside two that wait, one of them parked")
        .isEqualTo(2);

    end(pool, "failing");

    assertThat(running(pool, "failing")).isEqualTo(1);
    assertThat(running(pool, "healthy")).isEqualTo(1);
    end(pool, "failing");
    assertThat(running(pool, "failing")).isZero();
    assertThat(running(pool, "healthy")).isEqualTo(2);
  }

  @Test
  void aPartitionOfARetryTopicHasAnEighthOfTheShareOfAnother() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, 18, BUFFER, 10);
    Partition tier = new Partition("tier", 1);
    pool.loop.turn(() -> pool.dispatcher.assignedAside(List.of(tier)));
    Partition read = pool.assign("read");
    pool.deliver(tier, keys(100));
    pool.deliver(read, keys(100));
    for (int i = 0; i < 60; i++) {
      endOne(pool);
    }

    assertThat(running(pool, "tier")).isEqualTo(2);
    assertThat(running(pool, "read")).isEqualTo(16);
  }

  private static String[] keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key-" + i).toArray(String[]::new);
  }

  private static List<String> started(PoolFixture pool) {
    return pool.events.stream()
        .filter(event -> event.startsWith("started "))
        .map(event -> event.substring("started ".length(), event.indexOf('@')))
        .toList();
  }

  private static long running(PoolFixture pool, String source) {
    return pool.running.keySet().stream().filter(one -> one.startsWith(source + "@")).count();
  }

  /** The one that has run for longest. */
  private static void endOne(PoolFixture pool) {
    pool.end(pool.running.keySet().iterator().next(), Outcome.done());
  }

  private static void end(PoolFixture pool, String source) {
    String first =
        pool.running.keySet().stream()
            .filter(one -> one.startsWith(source + "@"))
            .findFirst()
            .orElseThrow();
    pool.end(first, Outcome.done());
  }
}
