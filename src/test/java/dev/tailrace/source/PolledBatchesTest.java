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
import org.junit.jupiter.api.Test;

/** How batches come from the poll thread into a pool that all partitions together fill. */
final class PolledBatchesTest {
  private static final int PARTITIONS = 4;
  private static final int ROOM = 100;
  private static final int POLL = 60;

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final Pool pool = new Pool();
  private final PolledBatches partitions = new PolledBatches(loop, pool);
  private final Committer committer =
      new Committer(
          new SourceEnvironment("orders", "instance", 0, loop, new PoolEvents() {}),
          Duration.ofMillis(100),
          1_000,
          new NoCommits());

  private int polled;

  @Test
  void aFullPoolIsPassedByOnePollAtMostWhicheverPartitionsBringIt() {
    loop.execute(
        () -> {
          for (int i = 0; i < PARTITIONS; i++) {
            add(i, ROOM / PARTITIONS, 1 << 20);
          }
          // The poll thread polls again before any other turn of the loop.
          for (int i = 0; i < PARTITIONS; i++) {
            poll(i);
          }
        });
    simulation.runFor(Duration.ofSeconds(1));

    assertThat(polled).isBetween(ROOM, ROOM + POLL - 1);
    assertThat(pool.accepted()).as("each as far as its credit goes").hasSize(2 * ROOM / PARTITIONS);
  }

  @Test
  void whileThePoolTakesBackCreditOfOneAfterTheOtherNobodyFlows() {
    loop.execute(
        () -> {
          add(0, 3, 1 << 20);
          add(1, POLL - 4, 1 << 20);
        });
    simulation.runFor(Duration.ofMillis(1));
    assertThat(pool.flows).containsExactly("orders/0 flows", "orders/1 flows");
    pool.flows.clear();
    pool.room = 1; // so that the pool takes back what the other one may bring

    loop.execute(() -> poll(0));
    simulation.runFor(Duration.ofMillis(1));

    assertThat(pool.accepted()).hasSize(3);
    assertThat(pool.flows).containsExactlyInAnyOrder("orders/0 held", "orders/1 held");
  }

  @Test
  void whileAllHaveCreditABatchEntersThePoolInALaterTurn() {
    loop.execute(
        () -> {
          add(0, POLL + 1, 1 << 20);
          poll(0);
          assertThat(pool.accepted()).isEmpty();
        });
    simulation.runFor(Duration.ofSeconds(1));

    assertThat(pool.accepted()).hasSize(POLL);
  }

  @Test
  void creditWithoutABoundIsNotTakenForNone() {
    loop.execute(
        () -> {
          for (int i = 0; i < PARTITIONS; i++) {
            add(i, POLL + 1, Long.MAX_VALUE);
          }
          poll(0);
        });
    simulation.runFor(Duration.ofSeconds(1));

    assertThat(pool.accepted()).hasSize(POLL);
    assertThat(pool.held()).isEmpty();
  }

  @Test
  void whatChangesInATurnIsToldAtOnceSoThatItWakesThePollOnce() {
    loop.execute(
        () -> {
          for (int i = 0; i < PARTITIONS; i++) {
            add(i, POLL, 1 << 20);
          }
        });
    simulation.runFor(Duration.ofMillis(1));
    assertThat(pool.told).isEqualTo(1);
    assertThat(pool.flows).hasSize(PARTITIONS);

    loop.execute(partitions::close);
    simulation.runFor(Duration.ofMillis(1));

    assertThat(pool.told).isEqualTo(2);
    assertThat(pool.held()).hasSize(PARTITIONS);
  }

  @Test
  void theCreditThatIsLeftIsSaidWithoutWhatWasPolled() {
    loop.execute(
        () -> {
          add(0, 2 * POLL, 1 << 20);
          add(1, POLL, 1 << 20);
        });
    simulation.runFor(Duration.ofMillis(1));
    assertThat(pool.left).isEqualTo(new CreditLeft(3 * POLL, 2 << 20));

    loop.execute(
        () -> {
          poll(0);
          assertThat(pool.left.messages())
              .as("at once, before the pool has it")
              .isEqualTo(2 * POLL);
        });
    simulation.runFor(Duration.ofMillis(1));
    assertThat(pool.accepted()).hasSize(POLL);
    assertThat(pool.left.messages()).isEqualTo(2 * POLL);
    assertThat(pool.left.bytes()).isLessThan(2 << 20);
  }

  private void add(int number, int messages, long bytes) {
    Partition partition = new Partition("orders/" + number, 1);
    partitions.add(
        new OwnedPartition(committer.track(partition, null, 0), 0, partitions::schedule, Map::of));
    partitions.request(partition, messages, bytes);
  }

  private void poll(int partition) {
    String source = "orders/" + partition;
    if (!pool.held().contains(source)) {
      polled += POLL;
      partitions.polled(Map.of(source, PolledRecord.all(source, 0, POLL)));
    }
  }

  /** Withdraws all credit once it is full. */
  private final class Pool extends RecordingOutlet {
    private final List<String> flows = new ArrayList<>();
    private int room = ROOM;
    private int told; // how often

    @Override
    public void accept(List<Delivery> batch) {
      super.accept(batch);
      if (accepted().size() >= room) {
        partitions.all().forEach(each -> partitions.request(each, 0, 0));
      }
    }

    @Override
    public void flow(Map<Partition, Boolean> wishes) {
      super.flow(wishes);
      told++;
      wishes.forEach(
          (partition, paused) -> flows.add(partition.source() + (paused ? " held" : " flows")));
    }

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      return Future.succeededFuture(false); // it has no time for that
    }
  }
}
