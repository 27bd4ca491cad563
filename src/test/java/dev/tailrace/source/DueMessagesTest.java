package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A message of a tier enters the pool when it is due; until then its partition is held back. */
final class DueMessagesTest {
  private static final Partition FIRST = new Partition("orders.retry.1m/0", 1);
  private static final Partition SECOND = new Partition("orders.retry.1m/1", 1);

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

  @Test
  void noMessageEntersBeforeItIsDueAndNoneWaitsLonger() {
    Instant start = open();
    polled(FIRST, start, 0, 10, 10, 70);
    polled(SECOND, start, 40);

    simulation.runFor(Duration.ofMinutes(2));

    assertThat(pool.entered)
        .containsExactly(
            FIRST.source() + "@0 after 0",
            FIRST.source() + "@1 after 10",
            FIRST.source() + "@2 after 10",
            SECOND.source() + "@0 after 40",
            FIRST.source() + "@3 after 70");
  }

  @Test
  void aPartitionIsHeldBackAsLongAsItsFirstMessageIsNotDue() {
    Instant start = open();
    polled(FIRST, start, 10);
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(pool.held()).containsExactly(FIRST.source());

    simulation.runFor(Duration.ofSeconds(10));

    assertThat(pool.held()).isEmpty();
    assertThat(pool.entered).hasSize(1);
  }

  @Test
  void whatIsDueWaitsForCreditThatWasWithdrawnMeanwhile() {
    Instant start = open();
    polled(FIRST, start, 10, 10);
    loop.turn(() -> partitions.request(FIRST, 0, 0));
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(pool.entered).isEmpty();

    loop.turn(() -> partitions.request(FIRST, 1, 1 << 20));
    simulation.runFor(Duration.ofSeconds(1));

    assertThat(pool.entered).hasSize(1);
  }

  @Test
  void afterTheIntakeIsClosedNothingBecomesDue() {
    Instant start = open();
    polled(FIRST, start, 10);
    simulation.runFor(Duration.ofSeconds(1));
    loop.turn(partitions::close);

    simulation.runFor(Duration.ofSeconds(20));

    assertThat(pool.entered).isEmpty();
  }

  private Instant open() {
    loop.turn(
        () -> {
          for (Partition partition : List.of(FIRST, SECOND)) {
            TrackedPartition tracked = committer.track(partition, null, 0);
            partitions.add(new OwnedPartition(tracked, 0, partitions::schedule, Map::of));
            partitions.request(partition, 100, 1 << 20);
          }
        });
    pool.start = loop.wall();
    return loop.wall();
  }

  private void polled(Partition partition, Instant start, int... seconds) {
    List<Waiting> records = new ArrayList<>();
    for (int after : seconds) {
      records.add(new Waiting(partition.source(), records.size(), start.plusSeconds(after)));
    }
    loop.turn(() -> partitions.polled(Map.of(partition.source(), records)));
  }

  /** A message of a tier. */
  private record Waiting(String source, long offset, Instant due) implements PolledMessage {
    @Override
    public Retried retried() {
      return new Retried(1, null, due, null);
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public Origin origin() {
      return Origin.offset("orders/0", 1_000 + offset);
    }

    @Override
    public @Nullable Buffer key() {
      return null;
    }

    @Override
    public Buffer body() {
      return Buffer.buffer("x");
    }

    @Override
    public Headers headers() {
      return Headers.empty();
    }

    @Override
    public Instant timestamp() {
      return Instant.EPOCH;
    }
  }

  /** Keeps when each came. */
  private final class Pool extends RecordingOutlet {
    private final List<String> entered = new ArrayList<>();
    private Instant start = Instant.EPOCH;

    @Override
    public void accept(List<Delivery> batch) {
      long after = Duration.between(start, loop.wall()).toSeconds();
      batch.forEach(delivery -> entered.add(delivery.position() + " after " + after));
    }
  }
}
