package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.SimulatedBroker.Weather;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a position says of the processes that ended before it moved. */
final class ResumedPartitionsTest {
  private static final String SOURCE = "orders/0";
  private static final Partition PARTITION = new Partition(SOURCE, 1);
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final int UNDER_WAY = 16;

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final Pool pool = new Pool(UNDER_WAY);
  private @Nullable OwnedPartitions opened;

  @Test
  void theFirstStartIsCountedBeforeItsMessageEntersThePool() {
    resume(pool, 0);
    broker.weather(Weather.REFUSES);
    poll(5, 6, 7);
    assertThat(pool.accepted).isEmpty();

    broker.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(pool.accepted).hasSize(3);
    assertThat(resumes()).isEqualTo(1);
  }

  @Test
  void whatOutlivesTheProcessElsewhereIsNotCounted() {
    Pool lasting = new Pool(0);
    resume(lasting, 4);
    poll(5, 6);
    assertThat(lasting.accepted).hasSize(2);
    assertThat(lasting.accepted).noneMatch(Delivery::suspected);
    assertThat(lasting.accepted)
        .as("as another configuration counted")
        .allMatch(one -> one.deaths() == 0);
    assertThat(resumes()).isEqualTo(4);
  }

  @Test
  void aMarkThatMovesForgetsItsCount() {
    resume(pool, 1);
    poll(5, 6);
    loop.turn(() -> pool.accepted.get(0).settle());
    simulation.runFor(WHILE);
    assertThat(broker.held(SOURCE)).isEqualTo(new Position(6, ""));
  }

  @Test
  void aMessageThatIsGoneTakesItsCountAlong() {
    resume(pool, 4);
    poll(8, 9);
    assertThat(pool.accepted).singleElement().matches(one -> one.deaths() == 0);
  }

  @Test
  void theFirstStartsOfAllPartitionsAreCountedTogether() {
    List<StartingPoint> points = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      points.add(new StartingPoint(new Partition("orders/" + i, 1), null, 0, null));
    }
    open(pool, points);
    int before = broker.commits().size();
    Map<String, List<PolledMessage>> first = new LinkedHashMap<>();
    points.forEach(
        point -> {
          String source = point.partition().source();
          first.put(source, List.of(new PolledRecord(source, 0)));
        });
    loop.turn(() -> owned().polled(first));
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(24);
    assertThat(broker.commits().size() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void aRefusedCountIsTriedAgainSoon() {
    resume(pool, 0);
    Iterator<Weather> each = List.of(Weather.REFUSES).iterator();
    broker.weather(() -> each.hasNext() ? each.next() : Weather.CALM);
    poll(5);
    assertThat(pool.accepted).hasSize(1);
    assertThat(resumes()).isEqualTo(1);
  }

  @Test
  void aCountWhoseAnswerIsLostIsNotCountedTwice() {
    resume(pool, 0);
    Iterator<Weather> each = List.of(Weather.LOSES_ANSWER, Weather.LOSES_REQUEST).iterator();
    broker.weather(() -> each.hasNext() ? each.next() : Weather.CALM);
    poll(5);
    assertThat(pool.accepted).hasSize(1);
    assertThat(resumes()).isEqualTo(1);
  }

  @Test
  void atTwoMessagesComeOneAtATimeAndEachCountsItsOwnStart() {
    resume(pool, 2);
    poll(5, 6, 7);
    assertThat(pool.accepted).singleElement().matches(Delivery::suspected);
    assertThat(resumes()).as("not before it is alone").isEqualTo(2);

    assertThat(count(0)).isTrue();
    assertThat(resumes()).isEqualTo(3);
    loop.turn(() -> pool.accepted.get(0).settle());
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(2);
    assertThat(pool.accepted.get(1).deaths()).isZero();
    assertThat(count(1)).isTrue();
    assertThat(broker.held(SOURCE).offset()).isEqualTo(6);
    assertThat(resumes()).isEqualTo(3);
  }

  @Test
  void whatIsAboveTwoAreDeaths() {
    resume(pool, 5);
    poll(5);
    assertThat(pool.accepted.get(0).deaths()).isEqualTo(3);
  }

  @Test
  void aStartThatEndedBeforeItsProcessIsTakenBack() {
    resume(pool, 4);
    poll(5);
    count(0);
    assertThat(resumes()).isEqualTo(5);

    loop.turn(() -> pool.accepted.get(0).rests());
    simulation.runFor(WHILE);
    assertThat(resumes()).isEqualTo(4);
  }

  @Test
  void theEndOfAStartIsWrittenWithoutWaitingForATick() {
    resume(pool, 4);
    poll(5);
    count(0);
    simulation.await(
        loop.call(
            () -> {
              pool.accepted.get(0).rests();
              pool.accepted.get(0).settle();
              return pool.accepted.get(0).endWritten().map(0);
            }));
    assertThat(broker.held(SOURCE)).isEqualTo(new Position(6, ""));
  }

  @Test
  void aRevocationTakesBackWhatItCounted() {
    resume(pool, 1);
    poll(5);
    assertThat(resumes()).isEqualTo(2);

    loop.turn(() -> owned().revoked(List.of(PARTITION), Duration.ofSeconds(8)));
    simulation.runFor(WHILE);
    assertThat(resumes()).isEqualTo(1);
  }

  @Test
  void whatIsCountedAndDoesNotStartAnyMoreIsTakenBack() {
    resume(pool, 1);
    loop.turn(() -> owned().polled(Map.of(SOURCE, List.of(new PolledRecord(SOURCE, 5)))));
    simulation.runUntil(() -> !broker.commits().isEmpty());
    loop.turn(
        () -> {
          owned().closeIntake();
          owned().flush();
        });
    simulation.runFor(WHILE);
    assertThat(pool.accepted).isEmpty();
    assertThat(broker.held(SOURCE)).isEqualTo(new Position(5, ""));
  }

  @Test
  void anEndInOrderResetsTheCount() {
    resume(pool, 3);
    poll(5);
    loop.turn(
        () -> {
          pool.accepted.get(0).release();
          owned().flush();
        });
    simulation.runFor(WHILE);
    assertThat(broker.held(SOURCE)).isEqualTo(new Position(5, ""));
  }

  @Test
  void whatAnEndInOrderLeavesRunningStaysCounted() {
    resume(pool, 3);
    poll(5);
    count(0);
    loop.turn(() -> owned().flush());
    simulation.runFor(WHILE);
    assertThat(resumes()).isEqualTo(4);
  }

  @Test
  void slowOnesAreSuspectedUntilAsManyHaveEndedAsCanHaveBeenUnderWay() {
    resume(pool, 2);
    poll(LongStream.range(5, 105).toArray());
    simulation.runFor(Suspicion.LEAST);
    for (int i = 0; i < UNDER_WAY; i++) {
      assertThat(pool.accepted).hasSize(i + 1).last().matches(Delivery::suspected);
      settle(i);
    }
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(100).last().matches(one -> !one.suspected());
  }

  @Test
  void quickOnesAreSuspectedForAWhile() {
    resume(pool, 2);
    poll(LongStream.range(5, 105).toArray());
    for (int i = 0; i < 2 * UNDER_WAY; i++) {
      assertThat(pool.accepted).hasSize(i + 1).last().matches(Delivery::suspected);
      settle(i);
    }
    simulation.runFor(Suspicion.LEAST);
    settle(2 * UNDER_WAY);
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(100).last().matches(one -> !one.suspected());
  }

  @Test
  void theMarkThatWasResumedTwiceIsSuspectedForAsLongAsItDoesNotMove() {
    resume(pool, 2);
    Partition other = new Partition("orders/1", 1);
    loop.turn(
        () -> {
          owned().started(List.of(new StartingPoint(other, hold("orders/1", 2), 5, null)));
          owned().request(other, 1_000, 1 << 20);
        });
    poll(5, 6);
    List<PolledMessage> others =
        LongStream.range(5, 105)
            .<PolledMessage>mapToObj(offset -> new PolledRecord("orders/1", offset))
            .toList();
    loop.turn(() -> owned().polled(Map.of("orders/1", others)));
    simulation.runFor(Suspicion.LEAST);
    for (int i = 1; i <= UNDER_WAY; i++) {
      settle(i);
    }
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(101).last().matches(one -> !one.suspected());
    assertThat(pool.accepted.get(0).suspected()).isTrue();

    settle(0);
    simulation.runFor(WHILE);
    assertThat(pool.accepted).hasSize(102).last().matches(one -> !one.suspected());
  }

  private OwnedPartitions owned() {
    if (opened == null) {
      throw new AssertionError("not opened");
    }
    return opened;
  }

  private void resume(Pool into, int resumes) {
    open(into, List.of(new StartingPoint(PARTITION, hold(SOURCE, resumes), 5, null)));
  }

  private Position hold(String source, int resumes) {
    Position held = new Position(5, PositionMetadata.of(resumes, new BitSet()).encode(5));
    broker.hold(source, held);
    return held;
  }

  private void open(Pool into, List<StartingPoint> points) {
    OwnedPartitions made =
        new OwnedPartitions(
            new SourceEnvironment("pipeline", "instance", 0, loop, new PoolEvents() {}),
            1_000,
            broker,
            new Silent());
    opened = made;
    loop.turn(
        () -> {
          made.open(into);
          made.started(points);
          points.forEach(point -> made.request(point.partition(), 1_000, 1 << 20));
        });
  }

  private void poll(long... offsets) {
    List<PolledMessage> records = new ArrayList<>();
    for (long offset : offsets) {
      records.add(new PolledRecord(SOURCE, offset));
    }
    loop.turn(() -> owned().polled(Map.of(SOURCE, records)));
    simulation.runFor(WHILE);
  }

  private void settle(int index) {
    loop.turn(() -> pool.accepted.get(index).settle());
    simulation.runFor(Duration.ofMillis(1));
  }

  private boolean count(int index) {
    return simulation.await(loop.call(() -> pool.accepted.get(index).countStart()));
  }

  private int resumes() {
    Position held = broker.held(SOURCE);
    return PositionMetadata.decode(held.offset(), held.metadata())
        .metadata()
        .orElseThrow()
        .resumes();
  }

  /** A pool that keeps what comes. */
  private static final class Pool extends QuietIntake {
    private final int underWay;

    Pool(int underWay) {
      this.underWay = underWay;
    }

    @Override
    public int forgottenStarts() {
      return underWay;
    }
  }

  private static final class Silent implements OwnedPartitions.Poller {
    @Override
    public void flow(Map<Partition, Boolean> held) {}

    @Override
    public Future<Boolean> reread(Partition partition, long offset) {
      throw new AssertionError(partition + " is read again at " + offset);
    }

    @Override
    public void restart(Partition old, long offset) {}
  }
}
