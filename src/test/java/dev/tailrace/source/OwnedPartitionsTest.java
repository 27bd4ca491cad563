package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.SimulatedBroker.Weather;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a group gives to a member and takes from it, and what its pool and its broker see of it. */
final class OwnedPartitionsTest {
  private static final String SOURCE = "orders/0";
  private static final Partition FIRST = new Partition(SOURCE, 1);
  private static final Partition SECOND = new Partition(SOURCE, 2);
  private static final Duration DEADLINE = Duration.ofSeconds(8);
  private static final Duration WHILE = Duration.ofSeconds(1);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final List<String> said = new ArrayList<>();
  private final Pool pool = new Pool();
  private final Polls polls = new Polls();
  private final OwnedPartitions owned =
      new OwnedPartitions(
          new SourceEnvironment("pipeline", "instance", 0, loop, new Heard()),
          1_000,
          broker,
          polls);

  @BeforeEach
  void open() {
    loop.turn(
        () -> {
          owned.open(pool);
          start(FIRST, 0);
        });
    said.clear();
  }

  @Test
  void aRevocationCommitsWhatEndedWithinItBeforeThePartitionGoes() {
    poll(0, 3);
    Future<Void> revoked = loop.call(() -> owned.revoked(List.of(FIRST), DEADLINE));
    assertThat(pool.deadline).isEqualTo(DEADLINE.minusSeconds(1));
    loop.turn(
        () -> {
          pool.accepted.forEach(Delivery::settle);
          pool.rested.complete();
        });
    simulation.runFor(WHILE);

    assertThat(revoked.isComplete()).isTrue();
    assertThat(broker.held(SOURCE).offset()).isEqualTo(3);
    assertThat(said).containsExactly("committed orders/0#1 3", "revoked orders/0#1 ok");
    assertThat(loop.call(owned::all)).isEmpty();
  }

  @Test
  void aShortRevocationKeepsAQuarterForTheCommit() {
    loop.turn(() -> owned.revoked(List.of(FIRST), Duration.ofMillis(400)));
    assertThat(pool.deadline).isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void whatIsPolledWhileItsPartitionGoesEntersNoPool() {
    loop.turn(() -> owned.revoked(List.of(FIRST), DEADLINE));
    poll(0, 3);
    assertThat(pool.accepted).isEmpty();
  }

  @Test
  void aRevocationWhoseCommitIsRefusedSaysSo() {
    broker.weather(Weather.REFUSES);
    poll(0, 1);
    loop.turn(
        () -> {
          pool.accepted.forEach(Delivery::settle);
          owned.revoked(List.of(FIRST), DEADLINE);
          pool.rested.complete();
        });
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(said).containsExactly("revoked orders/0#1 failed");
  }

  @Test
  void aPartitionThatComesBackWhileItsOldEpochEndsIsReadOn() {
    Future<Void> revoked = loop.call(() -> owned.revoked(List.of(FIRST), DEADLINE));
    loop.turn(
        () -> {
          start(SECOND, 0);
          owned.request(SECOND, 100, 1 << 20);
        });
    loop.turn(pool.rested::complete);
    simulation.runFor(WHILE);
    assertThat(revoked.isComplete()).isTrue();
    assertThat(said).startsWith("assigned orders/0#2 0").containsOnlyOnce("revoked orders/0#1 ok");
    assertThat(loop.call(owned::all)).containsExactly(SECOND);
    assertThat(loop.call(owned::statuses)).hasSize(1);

    poll(0, 3);
    assertThat(pool.accepted).extracting(Delivery::partition).containsOnly(SECOND).hasSize(3);
    assertThat(polls.said.get(polls.said.size() - 1)).isEqualTo("orders/0#2 flows");
  }

  @Test
  void whatIsClosedWithinARevocationIsToldOnce() {
    simulation.runFor(WHILE);
    said.clear();
    Future<Void> revoked = loop.call(() -> owned.revoked(List.of(FIRST), DEADLINE));
    loop.turn(owned::close);
    loop.turn(pool.rested::complete);
    simulation.runFor(WHILE);
    assertThat(revoked.isComplete()).isTrue();
    assertThat(said).containsExactly("revoked orders/0#1 ok");
  }

  @Test
  void whatIsLostWithinARevocationIsToldOnceAndItsWorkMovesNoPosition() {
    poll(0, 1);
    loop.turn(() -> owned.revoked(List.of(FIRST), DEADLINE));
    loop.turn(() -> owned.lost(List.of(FIRST)));
    loop.turn(
        () -> {
          pool.accepted.forEach(Delivery::settle);
          pool.rested.complete();
        });
    simulation.runFor(WHILE);
    assertThat(said).containsExactly("lost orders/0#1");
    assertThat(pool.lost).containsExactly(FIRST);
    assertThat(broker.commits()).isEmpty();
  }

  @Test
  void positionsThatRestartBeginAnEpochOfTheirOwn() {
    poll(0, 3);
    poll(0, 2);
    assertThat(said).containsExactly("alarm SOURCE_RESET orders/0", "lost orders/0#1");
    assertThat(pool.lost).containsExactly(FIRST);
    assertThat(polls.said).endsWith("orders/0#1 restarts at 0");
    assertThat(pool.accepted).hasSize(3);

    loop.turn(() -> start(SECOND, 0));
    poll(0, 2);
    assertThat(pool.accepted).hasSize(5).last().extracting(Delivery::partition).isEqualTo(SECOND);
  }

  @Test
  void whereItDoesNotGoOnAsCommittedIsAnAlarm() {
    Partition other = new Partition("orders/1", 1);
    StartingPoint.Deviation deviation =
        new StartingPoint.Deviation(Alarm.SOURCE_LOSS, "deleted unread");
    loop.turn(() -> owned.started(List.of(new StartingPoint(other, null, 9, deviation))));
    assertThat(said).containsExactly("alarm SOURCE_LOSS orders/1", "assigned orders/1#1 9");
  }

  @Test
  void afterTheIntakeClosedNothingIsTakenOver() {
    loop.turn(
        () -> {
          owned.closeIntake();
          start(SECOND, 0);
        });
    poll(0, 3);
    assertThat(pool.accepted).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void theFlushOfAStopTellsOfWhatWasHandedOverMeanwhileWithoutAConfirmedCommit() {
    broker.weather(Weather.LOSES_REQUEST);
    poll(0, 1);
    loop.turn(
        () -> {
          owned.closeIntake();
          pool.accepted.forEach(Delivery::settle);
          owned.revoked(List.of(FIRST), DEADLINE);
          pool.rested.complete();
        });
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(said).containsExactly("revoked orders/0#1 unknown");

    Source.Flush flush = simulation.await(loop.call(owned::flush));

    assertThat(flush.positions())
        .containsExactly(new Source.CommittedPosition(SOURCE, "", "unknown"));
    assertThat(flush.unknown()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFlushOfAStopTellsOfWhatWasLostMeanwhileWithWorkThatNobodyCommitted(boolean finished) {
    poll(0, 2);
    simulation.runFor(WHILE);
    loop.turn(
        () -> {
          owned.closeIntake();
          if (finished) {
            pool.accepted.get(0).settle();
          }
          owned.lost(List.of(FIRST));
        });

    Source.Flush flush = simulation.await(loop.call(owned::flush));

    assertThat(flush.pending()).isEqualTo(finished ? 1 : 0);
    assertThat(flush.positions().contains(new Source.CommittedPosition(SOURCE, "0", "failed")))
        .isEqualTo(finished);
  }

  @Test
  void aCloseSaysWhatIsNotCommitted() {
    poll(0, 2);
    loop.turn(
        () -> {
          pool.accepted.get(0).settle();
          owned.close();
        });
    assertThat(said).containsExactly("revoked orders/0#1 failed");
  }

  @Test
  void theLagIsWhatIsNotPolledYet() {
    poll(0, 3);
    loop.turn(() -> owned.ends(Map.of(FIRST, 10L, SECOND, 99L)));
    assertThat(loop.call(owned::statuses).get(0).lag()).isEqualTo(7);
  }

  @Test
  void theMessageThatHoldsTheMarkOfAGapIsNamedWithTheHashOfItsKeyWhereThePoolKnowsIt() {
    poll(0, 4);
    assertThat(loop.call(owned::statuses).get(0).holder()).as("without a gap").isNull();

    loop.turn(() -> pool.accepted.get(3).settle());
    assertThat(loop.call(owned::statuses).get(0).holder()).isEqualTo(new MarkHolder("0", "cafe"));

    loop.turn(() -> pool.accepted.get(0).settle());
    assertThat(loop.call(owned::statuses).get(0).holder()).isEqualTo(new MarkHolder("1", ""));
  }

  private void start(Partition partition, long offset) {
    owned.started(List.of(new StartingPoint(partition, null, offset, null)));
    owned.request(partition, 100, 1 << 20);
  }

  private void poll(long from, long to) {
    loop.turn(() -> owned.polled(Map.of(SOURCE, PolledRecord.all(SOURCE, from, to))));
    simulation.runFor(Duration.ofMillis(1));
  }

  private static final class Pool extends QuietIntake {
    private final List<Partition> lost = new ArrayList<>();
    private final Promise<Void> rested = Promise.promise();
    private Duration deadline = Duration.ZERO;

    @Override
    public Future<Void> revoke(List<Partition> partitions, Duration limit) {
      deadline = limit;
      return rested.future();
    }

    @Override
    public void lost(List<Partition> partitions) {
      lost.addAll(partitions);
    }

    @Override
    public void lostDeliveries(List<Delivery> deliveries) {
      throw new AssertionError("a log loses no single message");
    }

    @Override
    public Map<String, MarkHolder> markHolders() {
      return Map.of(SOURCE, new MarkHolder("0", "cafe"));
    }
  }

  private static final class Polls implements OwnedPartitions.Poller {
    private final List<String> said = new ArrayList<>();

    @Override
    public void flow(Map<Partition, Boolean> held) {
      held.forEach((partition, paused) -> said.add(partition + (paused ? " is held" : " flows")));
    }

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      throw new AssertionError(partition + " is read again at " + offset);
    }

    @Override
    public void restart(Partition old, long offset) {
      said.add(old + " restarts at " + offset);
    }
  }

  private final class Heard implements PoolEvents {
    @Override
    public void assigned(String pipeline, String source, int epoch, String position) {
      said.add("assigned " + source + "#" + epoch + " " + position);
    }

    @Override
    public void revoked(String pipeline, String source, int epoch, String commit) {
      said.add("revoked " + source + "#" + epoch + " " + commit);
    }

    @Override
    public void lost(String pipeline, String source, int epoch) {
      said.add("lost " + source + "#" + epoch);
    }

    @Override
    public void committed(String pipeline, String source, int epoch, String position) {
      said.add("committed " + source + "#" + epoch + " " + position);
    }

    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      said.add("alarm " + kind + " " + source);
    }
  }
}
