package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a poll brings beyond the credit holds back more than the partition that it came from. */
final class PolledCreditTest {
  private static final int CREDIT = 10;
  private static final int WINDOW = 5;

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final Set<String> flowing = new TreeSet<>();
  private final Pool pool = new Pool();
  private final PolledBatches partitions = new PolledBatches(loop, pool);
  private final List<Delivery> entered = new ArrayList<>();
  private final List<String> reread = new ArrayList<>();

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
        new Unasked());
  }

  @Test
  void aPollWithinItsCreditHoldsNobodyBack() {
    poll(0, CREDIT - 1);

    assertThat(flowing).containsExactly("orders/0", "orders/1", "orders/2");
  }

  @Test
  void aPollThatUsesUpTheCreditOfOneHoldsThatOneBack() {
    poll(0, CREDIT);

    assertThat(flowing).containsExactly("orders/1", "orders/2");
  }

  @Test
  void aPollThatBringsAsMuchAsAllMayHoldsAllBackUntilThePoolKnows() {
    poll(0, 3 * CREDIT);
    assertThat(flowing).isEmpty();

    world.runFor(Duration.ofMillis(1));

    assertThat(entered).as("each as far as its own credit goes").hasSize(CREDIT);
    assertThat(flowing).as("what is here is as much as all may").isEmpty();

    loop.turn(() -> partitions.request(new Partition("orders/0", 1), CREDIT, 1 << 20));
    world.runFor(Duration.ofMillis(1));

    assertThat(entered).hasSize(2 * CREDIT);
    assertThat(flowing).containsExactly("orders/1", "orders/2");
  }

  @Test
  void whatStandsStillAndKeepsOthersWaitingIsReadAgainWhenThereIsCreditForIt() {
    poll(0, 2 * CREDIT);
    poll(1, 2 * CREDIT);
    assertThat(flowing).as("two are stuck with a poll each").isEmpty();

    world.runFor(Duration.ofSeconds(1));

    assertThat(entered).hasSize(2 * CREDIT);
    assertThat(reread).containsExactly("orders/0 at 10", "orders/1 at 10");
    assertThat(flowing).containsExactly("orders/2");
  }

  @Test
  void whatMovesIsNotReadAgain() {
    poll(0, 3 * CREDIT);
    for (int i = 0; i < 2 * CREDIT; i++) {
      world.runFor(Duration.ofMillis(50));
      loop.turn(() -> partitions.request(new Partition("orders/0", 1), 1, 1 << 20));
    }
    world.runFor(Duration.ofMillis(1));

    assertThat(entered).hasSize(3 * CREDIT);
    assertThat(reread).isEmpty();
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

    assertThat(reread).isEmpty();
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
    assertThat(entered).as("the window is full").hasSize(WINDOW);

    finishAll();
    assertThat(entered).as("the credit is used up").hasSize(CREDIT);
    finishAll();
    assertThat(entered).hasSize(CREDIT);

    loop.turn(() -> partitions.request(new Partition("narrow/0", 1), 3, 1 << 20));
    world.runFor(Duration.ofMillis(1));
    assertThat(entered).hasSize(CREDIT + 3);
    loop.turn(() -> partitions.request(new Partition("narrow/0", 1), 100, 1 << 20));
    for (int round = 0; round < 3; round++) {
      finishAll();
    }
    assertThat(entered).hasSize(2 * CREDIT);
  }

  private void finishAll() {
    loop.turn(() -> List.copyOf(entered).forEach(Delivery::settle));
    world.runFor(Duration.ofMillis(1));
  }

  private void poll(int number, int records) {
    poll("orders/" + number, records);
  }

  private void poll(String source, int records) {
    loop.turn(() -> partitions.polled(Map.of(source, PolledRecord.all(source, 0, records))));
  }

  private final class Pool implements PolledBatches.Outlet {
    @Override
    public void accept(List<Delivery> batch) {
      entered.addAll(batch);
    }

    @Override
    public void flow(Map<Partition, Boolean> wishes) {
      wishes.forEach(
          (partition, paused) -> {
            if (paused) {
              flowing.remove(partition.source());
            } else {
              flowing.add(partition.source());
            }
          });
    }

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      reread.add(partition.source() + " at " + offset);
      return Future.succeededFuture(true);
    }

    @Override
    public void restarted(Partition partition, long offset) {
      throw new AssertionError(partition + " restarted at " + offset);
    }
  }

  /** Nothing is committed here. */
  private static final class Unasked implements CommitTarget {
    @Override
    public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
      return Future.succeededFuture(new HashMap<>());
    }

    @Override
    public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
      return Future.succeededFuture(new HashMap<>());
    }
  }
}
