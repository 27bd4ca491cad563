package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.PositionTracker.Begin;
import dev.tailrace.source.SimulatedBroker.Weather;
import dev.tailrace.source.Source.CommittedPosition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A revocation that has overrun its deadline: the target knows first that the epoch is over. */
class DisownedPartitionTest {
  private static final Partition OLD = new Partition("orders/1", 1);
  private static final Partition NEW = new Partition("orders/1", 2);
  private static final Duration SOON = Committer.DEFAULT_INTERVAL.multipliedBy(2);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final HeardEvents heard = new HeardEvents();
  private final Committer committer =
      new Committer(
          new SourceEnvironment("pipeline", "instance", 0, loop, heard),
          Committer.DEFAULT_INTERVAL,
          1_000,
          broker);

  @Test
  void aFlushOfWhatIsNotOursAnyMoreHoldsUpNoOtherCommit() {
    finished(OLD);
    broker.weather(Weather.LOSES_REQUEST);
    Future<List<CommittedPosition>> flushed = flush(OLD);
    simulation.runFor(Duration.ofMillis(1)); // its request is under way
    broker.disown(OLD);
    broker.weather(Weather.CALM);
    finished(NEW);
    simulation.runFor(SOON);
    assertThat(broker.held("orders/1").offset()).isEqualTo(1);
    assertThat(simulation.await(flushed))
        .containsExactly(new CommittedPosition("orders/1", "0", "unknown"));
  }

  @Test
  void aCommitThatIsRefusedForItIsNotTriedAgain() {
    finished(OLD);
    broker.disown(OLD);
    assertThat(simulation.await(flush(OLD)))
        .containsExactly(new CommittedPosition("orders/1", "0", "failed"));
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(broker.commits()).hasSize(1);
  }

  @Test
  void whatWasConfirmedBeforeStaysConfirmed() {
    finished(OLD);
    simulation.runFor(SOON);
    broker.disown(OLD);
    assertThat(simulation.await(flush(OLD)))
        .containsExactly(new CommittedPosition("orders/1", "1", "ok"));
  }

  @Test
  void whatTheNextOwnerCommittedIsConfirmedAndNotToldAsItsOwn() {
    finished(OLD);
    broker.weather(Weather.LOSES_REQUEST);
    simulation.runFor(SOON);
    broker.hold("orders/1", new Position(1, ""));
    broker.weather(Weather.CALM);
    assertThat(simulation.await(flush(OLD)))
        .containsExactly(new CommittedPosition("orders/1", "1", "ok"));
    assertThat(heard.said()).contains("read back orders/1#1 1");
  }

  private void finished(Partition partition) {
    TrackedPartition tracked = loop.call(() -> committer.track(partition, new Position(0, ""), -1));
    assertThat(loop.call(() -> tracked.begin(0))).isEqualTo(Begin.NEW);
    loop.turn(() -> tracked.finish(0));
  }

  private Future<List<CommittedPosition>> flush(Partition partition) {
    return loop.call(() -> committer.flush(Set.of(partition)));
  }
}
