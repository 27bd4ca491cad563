package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.PositionTracker.Begin;
import dev.tailrace.source.SimulatedBroker.Weather;
import dev.tailrace.source.Source.CommittedPosition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitterTest {
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final Duration WHILE = Duration.ofSeconds(20);
  private static final Partition ONE = new Partition("orders/1", 1);
  private static final Partition TWO = new Partition("orders/2", 1);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final HeardEvents heard = new HeardEvents();
  private final Committer committer =
      new Committer(
          new SourceEnvironment("pipeline", "instance", 0, loop, heard), INTERVAL, 1_000, broker);

  @Test
  void whatFinishedIsCommittedWithTheNextTickAndNothingIsCommittedTwice() {
    TrackedPartition one = track(ONE, new Position(10, ""));
    begin(one, 10, 11, 12);
    finish(one, 10, 11);
    simulation.runFor(INTERVAL.dividedBy(2));
    assertThat(broker.commits()).isEmpty();
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSize(1);
    assertThat(broker.held("orders/1")).isEqualTo(new Position(12, ""));
    assertThat(heard.said()).containsExactly("committed orders/1#1 12", "commit ok");
  }

  @Test
  void allPartitionsOfATickAreOneRequest() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    TrackedPartition two = track(TWO, new Position(0, ""));
    begin(one, 0);
    begin(two, 0, 1);
    finish(one, 0);
    finish(two, 0, 1);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSize(1);
    assertThat(broker.commits().get(0)).containsOnlyKeys(ONE, TWO);
  }

  @Test
  void whatIsFinishedAboveTheMarkIsCommittedBesideIt() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1, 2);
    finish(one, 1, 2);
    simulation.runFor(WHILE);
    Position held = broker.held("orders/1");
    assertThat(held.offset()).isZero();

    end(ONE);
    TrackedPartition again = track(new Partition("orders/1", 2), held);
    assertThat(begun(again, 0)).isEqualTo(Begin.NEW);
    assertThat(begun(again, 1)).isEqualTo(Begin.ALREADY_FINISHED);
    assertThat(begun(again, 2)).isEqualTo(Begin.ALREADY_FINISHED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Weather.class,
      names = {"LOSES_ANSWER", "LOSES_REQUEST", "FAILS", "ANSWERS_NOTHING", "THROWS"})
  void anUnknownCommitIsReadBackBeforeItCountsAndBeforeTheNextOne(Weather weather) {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1);
    finish(one, 0);
    broker.weather(weather);
    simulation.runFor(WHILE);
    finish(one, 1);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSize(1);
    assertThat(heard.said()).containsExactly("commit unknown");
    assertThat(one.progress().committed()).isEqualTo("0");

    broker.weather(Weather.CALM);
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1").offset()).isEqualTo(2);
    assertThat(one.progress().committed()).isEqualTo("2");
    assertThat(heard.said()).endsWith("committed orders/1#1 2", "commit ok");
  }

  @Test
  void aCommitWhoseAnswerWasLostIsConfirmedByWhatIsReadBack() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    int[] requests = {0};
    broker.weather(() -> requests[0]++ == 0 ? Weather.LOSES_ANSWER : Weather.CALM);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSize(1);
    assertThat(heard.said()).containsExactly("commit unknown", "read back orders/1#1 1");
  }

  @Test
  void aRefusedCommitIsTriedAgainWithGrowingPauses() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    broker.weather(Weather.REFUSES);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSizeBetween(10, 16);
    broker.weather(Weather.CALM);
    simulation.runFor(Committer.MOST_PAUSE.multipliedBy(2));
    assertThat(broker.held("orders/1").offset()).isEqualTo(1);
  }

  @Test
  void nothingIsCommittedForAnEpochThatHasEnded() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1);
    finish(one, 0);
    end(ONE);
    finish(one, 1);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).isEmpty();
    assertThat(one.ended()).isTrue();
    assertThat(heard.said()).isEmpty();
  }

  @Test
  void anAnswerAfterTheEndOfTheEpochConfirmsNothing() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    broker.latency(() -> Duration.ofSeconds(1));
    simulation.runFor(INTERVAL.multipliedBy(2));
    end(ONE);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).hasSize(1);
    assertThat(heard.said()).noneMatch(said -> said.startsWith("committed"));
  }

  @Test
  void anEpochThatEndsDuringARoundIsCommittedNoMore() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    TrackedPartition two = track(TWO, new Position(0, ""));
    begin(one, 0);
    begin(two, 0);
    finish(one, 0);
    broker.weather(Weather.LOSES_REQUEST);
    simulation.runFor(WHILE);
    broker.weather(Weather.CALM);
    broker.latency(() -> Duration.ofSeconds(1));
    Future<List<CommittedPosition>> flushed = loop.call(() -> committer.flush(Set.of(ONE, TWO)));
    finish(two, 0);
    simulation.runFor(Duration.ofMillis(1));
    end(TWO); // while it is read back what became of the other's commit
    simulation.await(flushed);
    assertThat(broker.held("orders/1").offset()).isEqualTo(1);
    assertThat(broker.commits()).noneMatch(positions -> positions.containsKey(TWO));
  }

  @Test
  void theStartOfANewGroupIsCommittedBeforeAnythingFinished() {
    TrackedPartition one = loop.call(() -> committer.track(ONE, null, 500));
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1")).isEqualTo(new Position(500, ""));
    assertThat(one.progress().mark()).isEqualTo(500);
  }

  @Test
  void whereTheStartIsUnknownTheFirstMessageIsIt() {
    TrackedPartition one = loop.call(() -> committer.track(ONE, null, -1));
    simulation.runFor(WHILE);
    assertThat(broker.commits()).isEmpty();
    begin(one, 700);
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1")).isEqualTo(new Position(700, ""));
  }

  @Test
  void positionsThatRestartedBelowTheCommittedOneAreAnAlarmAndGoOn() {
    broker.hold("orders/1", new Position(100, ""));
    TrackedPartition one = loop.call(() -> committer.track(ONE, new Position(100, ""), 3));
    begin(one, 3);
    finish(one, 3);
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1").offset()).isEqualTo(4);
    assertThat(heard.said()).contains("alarm SOURCE_RESET orders/1");
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "4", "ok"));
  }

  @Test
  void metadataThatDoesNotReadIsAnAlarmAndRepeats() {
    TrackedPartition one = track(ONE, new Position(5, "somebody else's"));
    assertThat(heard.said()).containsExactly("alarm METADATA orders/1");
    begin(one, 5);
  }

  @Test
  void aPositionThatSomebodyElseMovedForwardIsNotMovedBack() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1);
    broker.hold("orders/1", new Position(50, ""));
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "50", "failed"));
    finish(one, 0, 1);
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1").offset()).isEqualTo(50);
    assertThat(broker.commits()).isEmpty();
  }

  @Test
  void aFullWindowIsOneAlarmThatNamesWhoHoldsTheMark() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1);
    assertThat(begun(one, 1_000)).isEqualTo(Begin.WINDOW_FULL);
    assertThat(begun(one, 1_000)).isEqualTo(Begin.WINDOW_FULL);
    assertThat(heard.said()).containsExactly("alarm WINDOW_FULL orders/1");
    assertThat(heard.details().get(0)).startsWith("orders/1@0, key hash cafe, has held the mark");
    finish(one, 0);
    begin(one, 1_000);
    assertThat(begun(one, 1_001)).isEqualTo(Begin.WINDOW_FULL);
    assertThat(heard.said()).filteredOn(said -> said.startsWith("alarm")).hasSize(2);
  }

  @Test
  void aBrokerThatTakesLessMetadataNarrowsTheWindowAndStillMoves() {
    Committer wide =
        new Committer(
            new SourceEnvironment("pipeline", "instance", 0, loop, heard),
            INTERVAL,
            PositionMetadata.MAX_WINDOW,
            broker);
    broker.metadataLimit(100);
    TrackedPartition one = loop.call(() -> wide.track(ONE, new Position(0, ""), -1));
    for (int i = 0; i < 10_000; i++) {
      begin(one, i);
    }
    for (int i = 1; i < 10_000; i += 2) {
      finish(one, i);
    }
    finish(one, 0);
    simulation.runFor(WHILE);

    assertThat(broker.held("orders/1").offset()).isEqualTo(2);
    assertThat(wide.window()).isLessThan(PositionMetadata.MAX_WINDOW);
    assertThat(heard.said()).contains("alarm METADATA orders/1");
    assertThat(begun(one, 20_000)).isEqualTo(Begin.WINDOW_FULL);
    for (int i = 2; i < 10_000; i += 2) {
      finish(one, i);
    }
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1")).isEqualTo(new Position(10_000, ""));
  }

  @Test
  void metadataThatFitsIsNotReplacedByLess() {
    broker.metadataLimit(60);
    TrackedPartition one = track(ONE, new Position(0, ""));
    for (int i = 0; i < 900; i++) {
      begin(one, i);
    }
    finish(one, 5);
    simulation.runFor(WHILE);
    Position little = broker.held("orders/1");
    assertThat(little.metadata()).isNotEmpty();
    for (int i = 7; i < 900; i += 2) {
      finish(one, i);
    }
    simulation.runFor(WHILE);
    assertThat(broker.held("orders/1")).isEqualTo(little);
  }

  @Test
  void aFlushCommitsWhatIsDueAndSaysWhatTheBrokerHolds() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    TrackedPartition two = track(TWO, new Position(7, ""));
    broker.hold("orders/2", new Position(7, ""));
    begin(one, 0, 1);
    finish(one, 0);
    assertThat(begun(two, 7)).isEqualTo(Begin.NEW);
    assertThat(flush(ONE, TWO, new Partition("orders/3", 1)))
        .containsExactly(
            new CommittedPosition("orders/1", "1", "ok"),
            new CommittedPosition("orders/2", "7", "ok"));
  }

  @Test
  void aFlushThatIsRefusedOrUnansweredSaysSo() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    broker.weather(Weather.REFUSES);
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "0", "failed"));
    broker.weather(Weather.LOSES_REQUEST);
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "0", "unknown"));
  }

  @Test
  void aFlushGoesOnTryingWhileTheGroupRebalances() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    broker.weather(Weather.REFUSES);
    Future<List<CommittedPosition>> flushed = loop.call(() -> committer.flush(Set.of(ONE)));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(flushed.isComplete()).isFalse();
    broker.weather(Weather.CALM);
    assertThat(simulation.await(flushed))
        .containsExactly(new CommittedPosition("orders/1", "1", "ok"));
  }

  @Test
  void aFlushAfterTheCloseStillCommits() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0);
    finish(one, 0);
    loop.turn(committer::close);
    simulation.runFor(WHILE);
    assertThat(broker.commits()).isEmpty();
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "1", "ok"));
  }

  @Test
  void theGapAndItsAgeTellHowLongTheMarkIsHeld() {
    TrackedPartition one = track(ONE, new Position(0, ""));
    begin(one, 0, 1, 2, 3);
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(progress(one).gapAgeMillis()).isZero();
    finish(one, 2);
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(progress(one).gap()).isEqualTo(2);
    assertThat(progress(one).gapAgeMillis()).isBetween(5_000L, 5_100L);
    finish(one, 0);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(progress(one).gapAgeMillis()).isBetween(1_000L, 1_100L);
    finish(one, 1);
    assertThat(progress(one).gap()).isZero();
    assertThat(progress(one).gapAgeMillis()).isZero();
    assertThat(progress(one).unfinished()).isEqualTo(1);
  }

  @Test
  void resumesStayInTheMetadataUntilTheMarkMoves() {
    String resumed = PositionMetadata.of(2, new BitSet()).encode(5);
    broker.hold("orders/1", new Position(5, resumed));
    TrackedPartition one = track(ONE, new Position(5, resumed));
    begin(one, 5);
    assertThat(flush(ONE)).containsExactly(new CommittedPosition("orders/1", "5", "ok"));
    assertThat(broker.commits()).isEmpty();
    finish(one, 5);
    flush(ONE);
    assertThat(broker.held("orders/1")).isEqualTo(new Position(6, ""));
  }

  private TrackedPartition track(Partition partition, @Nullable Position committed) {
    return loop.call(() -> committer.track(partition, committed, -1));
  }

  private void end(Partition partition) {
    loop.turn(() -> committer.end(partition));
  }

  private Begin begun(TrackedPartition partition, long offset) {
    Begin begin = loop.call(() -> partition.begin(offset));
    if (begin == Begin.WINDOW_FULL) {
      loop.turn(() -> partition.windowFull(mark -> new MarkHolder("" + mark, "cafe")));
    }
    return begin;
  }

  private void begin(TrackedPartition partition, long... offsets) {
    for (long offset : offsets) {
      assertThat(begun(partition, offset)).isEqualTo(Begin.NEW);
    }
  }

  private void finish(TrackedPartition partition, long... offsets) {
    for (long offset : offsets) {
      loop.turn(() -> partition.finish(offset));
    }
  }

  private TrackedPartition.Progress progress(TrackedPartition partition) {
    return loop.call(partition::progress);
  }

  private List<CommittedPosition> flush(Partition... partitions) {
    return simulation.await(loop.call(() -> committer.flush(Set.of(partitions))));
  }
}
