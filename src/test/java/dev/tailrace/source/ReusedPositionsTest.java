package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.PositionTracker.Begin;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A partition that comes back brings the same positions again: only the epoch tells them apart. */
final class ReusedPositionsTest {
  private static final Duration WHILE = Duration.ofSeconds(20);
  private static final Partition FIRST = new Partition("orders/1", 1);
  private static final Partition AGAIN = new Partition("orders/1", 2);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final Committer committer =
      new Committer(
          new SourceEnvironment("pipeline", "instance", 0, loop, new HeardEvents()),
          Committer.DEFAULT_INTERVAL,
          1_000,
          broker);

  @Test
  void aFinishFromAnOldEpochMovesNoPositionOfTheNewOne() {
    TrackedPartition old = track(FIRST, null);
    begin(old, 0);
    loop.turn(() -> committer.end(FIRST));
    TrackedPartition now = track(AGAIN, null);
    begin(now, 0);

    loop.turn(() -> old.finish(0)); // what runs now at this position is not finished
    simulation.runFor(WHILE);
    assertThat(now.progress().mark()).isZero();
    assertThat(broker.held("orders/1").offset()).isLessThanOrEqualTo(0);

    loop.turn(() -> now.finish(0));
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1").offset()).isEqualTo(1);
  }

  @Test
  void aFinishFromAnOldEpochBeyondWhatHasComeAgainIsOfNoAccount() {
    TrackedPartition old = track(FIRST, null);
    begin(old, 0);
    begin(old, 1);
    loop.turn(() -> committer.end(FIRST));
    TrackedPartition now = track(AGAIN, null);
    begin(now, 0);

    loop.turn(() -> old.finish(1));
    begin(now, 1);
    assertThat(now.progress().unfinished()).isEqualTo(2);
    assertThat(now.progress().gap()).isZero();
  }

  private TrackedPartition track(Partition partition, @Nullable Position committed) {
    TrackedPartition[] tracked = new TrackedPartition[1];
    loop.turn(() -> tracked[0] = committer.track(partition, committed, 0));
    return tracked[0];
  }

  private void begin(TrackedPartition partition, long offset) {
    loop.turn(() -> assertThat(partition.begin(offset)).isEqualTo(Begin.NEW));
  }
}
