package dev.tailrace.dispatch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What slow partitions hold of the buffer, and what is left for the others. */
class SharedBufferTest {
  private static final int PARTITIONS = 4;

  /** Forty messages for all, ten each, beside what runs. */
  private final PoolFixture pool = new PoolFixture(Order.PARTITION, PARTITIONS, 44, 10);

  private final List<Partition> partitions =
      IntStream.range(0, PARTITIONS).mapToObj(i -> pool.assign("p" + i)).toList();

  @Test
  void slowPartitionsThatHoldTheirSharesLeaveTheQuickOneItsOwn() {
    for (int slow = 0; slow < 3; slow++) {
      deliver(slow, 11);
    }
    deliver(3, 30);
    assertThat(credit()).as("the whole buffer is full").containsOnly(0);

    end(3, 25);

    assertThat(credit().get(3)).as("it waits for none of the others").isEqualTo(5);
  }

  @Test
  void whatASlowPartitionHasBeyondItsShareIsTakenFromAllTheOthersAlike() {
    deliver(0, 26);

    assertThat(credit()).containsExactly(0, 5, 5, 5);
  }

  @Test
  void thatGoesBackToTheOthersAsTheSlowOneEmpties() {
    deliver(0, 26);
    deliver(1, 6);
    assertThat(credit().get(1)).as("as much as is left for it").isZero();

    end(0, 20);
    end(1, 6);

    assertThat(credit()).allMatch(credit -> credit > 0);
    assertThat(credit().subList(1, PARTITIONS))
        .as("more than was left for it, or so much that it is not worth another request")
        .allMatch(credit -> credit > 5);
  }

  @Test
  void theOthersTakeTurnsWhereTheSlowOneLeavesNextToNothing() {
    deliver(0, 39);
    Set<Integer> served = new TreeSet<>();
    for (int poll = 0; poll < 12; poll++) {
      List<Integer> credit = credit();
      List<Integer> flowing =
          IntStream.range(0, PARTITIONS).filter(i -> credit.get(i) > 0).boxed().toList();
      assertThat(flowing).as("as many as there is room for").hasSize(2);
      served.addAll(flowing);
      deliver(flowing.get(0), 8);
      assertThat(credit()).as("it passed the mark by a poll").containsOnly(0);
      end(flowing.get(0), 8);
    }

    assertThat(served).containsExactly(1, 2, 3);
  }

  @Test
  void bytesBeyondTheShareOfOneAreTakenFromTheOthersToo() {
    Partition large = partitions.get(0);
    pool.deliver(pool.delivery(large, "k").weighing(700_000));

    List<Partition> others = partitions.subList(1, PARTITIONS);
    long left = requireNonNull(pool.bytes.get(others.get(0)));
    assertThat(others).allSatisfy(one -> assertThat(pool.bytes).containsEntry(one, left));
    assertThat(3 * left).isBetween(150_000L, 300_000L);
  }

  @Test
  void whatAnotherConsumerTookLeavesItsRoom() {
    List<Delivery> batch = deliver(0, 11);
    assertThat(credit()).containsExactly(0, 10, 10, 10);

    pool.loop.turn(() -> pool.dispatcher.lostDeliveries(batch.subList(1, 11)));

    assertThat(credit()).containsExactly(10, 10, 10, 10);
  }

  private List<Delivery> deliver(int partition, int messages) {
    return pool.deliver(
        partitions.get(partition), Collections.nCopies(messages, "k").toArray(String[]::new));
  }

  private void end(int partition, int messages) {
    for (int i = 0; i < messages; i++) {
      String first =
          new ArrayList<>(pool.running.keySet())
              .stream()
                  .filter(one -> one.startsWith("p" + partition + "@"))
                  .findFirst()
                  .orElseThrow();
      pool.end(first, Outcome.done());
    }
  }

  private List<Integer> credit() {
    return partitions.stream().map(pool.credit::get).toList();
  }
}
