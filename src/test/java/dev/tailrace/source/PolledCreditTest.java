package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a poll brings beyond the credit holds back more than the partition that it came from. */
final class PolledCreditTest {
  private static final int CREDIT = 10;
  private static final int WINDOW = 5;

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final Pool pool = new Pool();
  private final PolledBatches partitions = new PolledBatches(loop, pool);

  @BeforeEach
  void assign() {
    Committer committer = committer(24_000);
    loop.turn(
        () -> {
          for (int number = 0; number < 3; number++) {
            Partition partition = new Partition("orders/" + number, 1);
            partitions.add(
                new OwnedPartition(committer.track(partition, null, 0), 0, () -> {}, Map::of));
            partitions.request(partition, CREDIT, 1 << 20);
          }
        });
  }

  private Committer committer(int window) {
    return new Committer(
        new SourceEnvironment("orders", "worker", 0, loop, new PoolEvents() {}),
        Duration.ofHours(1),
        window,
        new NoCommits());
  }

  @Test
  void aPollWithinItsCreditHoldsNobodyBack() {
    poll(0, CREDIT - 1);

    assertThat(pool.flowing()).containsExactlyInAnyOrder("orders/0", "orders/1", "orders/2");
  }

  @Test
  void aPollThatUsesUpTheCreditOfOneHoldsThatOneBack() {
    poll(0, CREDIT);

    assertThat(pool.flowing()).containsExactlyInAnyOrder("orders/1", "orders/2");
  }

  @Test
  void aPollThatBringsAsMuchAsAllMayHoldsAllBackUntilThePoolKnows() {
    poll(0, 3 * CREDIT);
    assertThat(pool.flowing()).isEmpty();

    world.runFor(Duration.ofMillis(1));

    assertThat(pool.accepted()).as("each as far as its own credit goes").hasSize(CREDIT);
    assertThat(pool.flowing()).as("what is here is as much as all may").isEmpty();

    loop.turn(() -> partitions.request(new Partition("orders/0", 1), CREDIT, 1 << 20));
    world.runFor(Duration.ofMillis(1));

    assertThat(pool.accepted()).hasSize(2 * CREDIT);
    assertThat(pool.flowing()).containsExactlyInAnyOrder("orders/1", "orders/2");
  }

  @Test
  void whatStandsStillAndKeepsOthersWaitingIsReadAgainWhenThereIsCreditForIt() {
    poll(0, 2 * CREDIT);
    poll(1, 2 * CREDIT);
    assertThat(pool.flowing()).as("two are stuck with a poll each").isEmpty();

    world.runFor(Duration.ofSeconds(1));

    assertThat(pool.accepted()).hasSize(2 * CREDIT);
    assertThat(pool.reread).containsExactly("orders/0 at 10", "orders/1 at 10");
    assertThat(pool.flowing()).containsExactlyInAnyOrder("orders/2");
  }

  @Test
  void whatMovesIsNotReadAgain() {
    poll(0, 3 * CREDIT);
    for (int i = 0; i < 2 * CREDIT; i++) {
      world.runFor(Duration.ofMillis(50));
      loop.turn(() -> partitions.request(new Partition("orders/0", 1), 1, 1 << 20));
    }
    world.runFor(Duration.ofMillis(1));

    assertThat(pool.accepted()).hasSize(3 * CREDIT);
    assertThat(pool.reread).isEmpty();
  }

  @Test
  void whatNobodyWaitsForIsNotReadAgain() {
    loop.turn(
        () -> {
          partitions.request(new Partition("orders/1", 1), 0, 0);
          partitions.request(new Partition("orders/2", 1), 0, 0);
        });
    poll(0, 2 * CREDIT);

    world.runFor(Duration.ofSeconds(1));

    assertThat(pool.reread).isEmpty();
  }

  @Test
  void whatWaitedForTheWindowWaitsForCreditToo() {
    loop.turn(
        () -> {
          Partition narrow = new Partition("narrow/0", 1);
          OwnedPartition blocked =
              new OwnedPartition(
                  committer(WINDOW).track(narrow, null, 0), 0, partitions::schedule, Map::of);
          partitions.add(blocked);
          partitions.request(narrow, CREDIT, 1 << 20);
        });
    poll("narrow/0", 2 * CREDIT);
    world.runFor(Duration.ofMillis(1));
    assertThat(pool.accepted()).as("the window is full").hasSize(WINDOW);

    finishAll();
    assertThat(pool.accepted()).as("the credit is used up").hasSize(CREDIT);
    finishAll();
    assertThat(pool.accepted()).hasSize(CREDIT);

    loop.turn(() -> partitions.request(new Partition("narrow/0", 1), 3, 1 << 20));
    world.runFor(Duration.ofMillis(1));
    assertThat(pool.accepted()).hasSize(CREDIT + 3);
    loop.turn(() -> partitions.request(new Partition("narrow/0", 1), 100, 1 << 20));
    for (int round = 0; round < 3; round++) {
      finishAll();
    }
    assertThat(pool.accepted()).hasSize(2 * CREDIT);
  }

  private void finishAll() {
    loop.turn(() -> List.copyOf(pool.accepted()).forEach(Delivery::settle));
    world.runFor(Duration.ofMillis(1));
  }

  private void poll(int number, int records) {
    poll("orders/" + number, records);
  }

  private void poll(String source, int records) {
    loop.turn(() -> partitions.polled(Map.of(source, PolledRecord.all(source, 0, records))));
  }

  /** Keeps what is to be read again. */
  private static final class Pool extends RecordingOutlet {
    private final List<String> reread = new ArrayList<>();

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      reread.add(partition.source() + " at " + offset);
      return Future.succeededFuture(true);
    }
  }
}
