package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.OwnedPartition.Handover;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was polled enters the pool in order and whole, as far as the window has room. */
final class OwnedPartitionTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  private static final int WINDOW = 3;

  private final SimulatedLoop loop = Simulation.seeded(1).loop("consumer");
  private final List<String> woken = new ArrayList<>();
  private final OwnedPartition partition = loop.call(this::partition);

  @Test
  void aFullWindowHoldsTheRestBackAndLosesNothing() {
    loop.turn(
        () -> {
          partition.request(100, Long.MAX_VALUE);
          partition.arrived(records(0, 8));
          List<Delivery> first = new ArrayList<>();
          assertThat(partition.handOver(first, NOW)).isEqualTo(Handover.WINDOW_FULL);
          assertThat(offsets(first)).containsExactly(0L, 1L, 2L);
          assertThat(partition.flowChanged(false)).as("it is held still").isFalse();

          first.get(0).settle();
          first.get(1).settle();
          assertThat(woken).containsExactly("there may be room");
          List<Delivery> next = new ArrayList<>();
          assertThat(partition.handOver(next, NOW)).isEqualTo(Handover.WINDOW_FULL);
          assertThat(offsets(next)).containsExactly(3L, 4L);

          first.get(2).settle();
          next.forEach(Delivery::settle);
          List<Delivery> last = new ArrayList<>();
          assertThat(partition.handOver(last, NOW)).isEqualTo(Handover.ALL);
          assertThat(offsets(last)).containsExactly(5L, 6L, 7L);
        });
  }

  @Test
  void whatIsPolledBeyondTheCreditIsHeldBackAndEntersWithMore() {
    loop.turn(
        () -> {
          partition.request(1, Long.MAX_VALUE);
          assertThat(partition.flowChanged(false)).isTrue();
          partition.arrived(records(0, 2));
          assertThat(partition.flowChanged(false)).isTrue();
          assertThat(partition.held()).isTrue();
          List<Delivery> batch = new ArrayList<>();
          assertThat(partition.handOver(batch, NOW)).isEqualTo(Handover.CREDIT_USED);
          assertThat(offsets(batch)).containsExactly(0L);

          partition.request(1, Long.MAX_VALUE);
          assertThat(partition.handOver(batch, NOW)).isEqualTo(Handover.ALL);
          assertThat(offsets(batch)).containsExactly(0L, 1L);
        });
  }

  @Test
  void aMessageLargerThanTheCreditInBytesEntersAndTheNextOneWaits() {
    loop.turn(
        () -> {
          partition.request(100, 1);
          partition.arrived(records(0, 2));
          List<Delivery> batch = new ArrayList<>();
          assertThat(partition.handOver(batch, NOW)).isEqualTo(Handover.CREDIT_USED);
          assertThat(offsets(batch)).containsExactly(0L);
        });
  }

  @Test
  void whatIsGivenBackIsReadAgainAndWhatComesMeanwhileWasPolledBefore() {
    loop.turn(
        () -> {
          partition.request(1, Long.MAX_VALUE);
          partition.arrived(records(0, 3));
          List<Delivery> batch = new ArrayList<>();
          partition.handOver(batch, NOW);
          assertThat(partition.messagesLeft()).isEqualTo(-2);

          assertThat(partition.giveBack()).isEqualTo(1);
          assertThat(partition.messagesLeft()).as("it holds nobody up").isZero();
          partition.arrived(records(3, 5));
          partition.request(10, Long.MAX_VALUE);
          partition.flowChanged(false);
          assertThat(partition.held()).as("as long as it is not asked for").isTrue();

          partition.reread();
          partition.flowChanged(false);
          assertThat(partition.held()).isFalse();
          partition.arrived(records(1, 3));
          assertThat(partition.handOver(batch, NOW)).isEqualTo(Handover.ALL);
          assertThat(offsets(batch)).containsExactly(0L, 1L, 2L);
        });
  }

  @Test
  void itIsThroughWhenAllBelowTheEndHasFinishedAndNothingElseIsOnItsWay() {
    loop.turn(
        () -> {
          partition.request(100, Long.MAX_VALUE);
          assertThat(partition.isThrough(0, 0)).as("nothing was there").isTrue();
          assertThat(partition.isThrough(2, 0)).as("nothing is read").isFalse();

          partition.arrived(records(0, 2));
          assertThat(partition.isThrough(3, 3)).as("it is not in the pool").isFalse();
          List<Delivery> batch = new ArrayList<>();
          partition.handOver(batch, NOW);
          assertThat(partition.isThrough(3, 3)).as("it runs").isFalse();
          batch.get(0).settle();
          assertThat(partition.isThrough(1, 3)).as("the first one was all").isTrue();
          assertThat(partition.isThrough(3, 3)).as("one still runs").isFalse();

          batch.get(1).settle();
          assertThat(partition.isThrough(3, 2)).as("a marker is not read").isFalse();
          assertThat(partition.isThrough(3, 3)).as("behind a marker").isTrue();

          partition.leave();
          assertThat(partition.isThrough(3, 3)).as("it is another's soon").isFalse();
        });
  }

  @Test
  void whatIsToBeReadAgainIsNotThrough() {
    loop.turn(
        () -> {
          partition.request(1, Long.MAX_VALUE);
          partition.arrived(records(0, 3));
          List<Delivery> batch = new ArrayList<>();
          partition.handOver(batch, NOW);
          batch.get(0).settle();
          assertThat(partition.giveBack()).isEqualTo(1);

          assertThat(partition.isThrough(3, 3)).isFalse();
        });
  }

  @Test
  void afterItsEndNothingEntersAnyMore() {
    loop.turn(
        () -> {
          partition.request(100, Long.MAX_VALUE);
          partition.arrived(records(0, 2));
          partition.leave();
          partition.arrived(records(2, 4));
          List<Delivery> batch = new ArrayList<>();
          assertThat(partition.handOver(batch, NOW)).isEqualTo(Handover.ALL);
          assertThat(batch).isEmpty();
        });
  }

  private OwnedPartition partition() {
    SourceEnvironment environment =
        new SourceEnvironment("orders", "worker", 0, loop, new PoolEvents() {});
    Committer committer =
        new Committer(environment, Committer.DEFAULT_INTERVAL, WINDOW, new NoCommits());
    return new OwnedPartition(
        committer.track(new Partition("orders/0", 1), new Position(0, ""), -1),
        0,
        () -> woken.add("there may be room"),
        () -> Map.of("orders/0", new MarkHolder("2", "cafe")));
  }

  private static List<PolledRecord> records(long from, long to) {
    return PolledRecord.all("orders/0", from, to);
  }

  private static List<Long> offsets(List<Delivery> batch) {
    return batch.stream().map(delivery -> ((PolledDelivery) delivery).offset()).toList();
  }
}
