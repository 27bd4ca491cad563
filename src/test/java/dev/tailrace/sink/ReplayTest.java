package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.sink.ReplayPlan.Pace;
import dev.tailrace.sink.ReplayReport.Counts;
import dev.tailrace.sink.ReplayReport.Ending;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final Pace FAST = new Pace(Long.MAX_VALUE, 1_000, false);
  private final RuntimeException lost = new IllegalStateException("no answer");

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("command");
  private final InMemorySink orders = new InMemorySink("memory orders");
  private final Map<String, ListedBox.Mark> bookmarks = new HashMap<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private final ListedBox box = new ListedBox(letters, bookmarks);

  @Test
  void eachLetterGoesBackAsItWasWithAReplayIdAndThePipelineItDiedIn() {
    TestMessage message =
        TestMessage.at(33)
            .with("b", Buffer.buffer(new byte[] {-1, 0}))
            .with("a", "1")
            .with("a", "2");
    letters.add(died(12, message, "r"));

    ReplayReport report = replay(DeadLetterFilter.ALL, FAST);

    assertThat(report.ending()).isEqualTo(Ending.COMPLETE);
    OutgoingMessage sent = orders.arrived().get(0);
    assertThat(sent.key()).isEqualTo(message.key());
    assertThat(sent.body()).isEqualTo(message.body());
    assertThat(sent.headers())
        .isEqualTo(
            message
                .headers()
                .with(Headers.REPLAY_ID, letters.get(0).replayId(1))
                .with(Headers.REPLAY_PIPELINE, "orders"));
  }

  @Test
  void theRateIsNeverExceeded() {
    fill(250);
    long begun = loop.nanos();

    replay(DeadLetterFilter.ALL, new Pace(Long.MAX_VALUE, 50, false));

    assertThat(orders.arrived()).hasSize(250);
    assertThat(Duration.ofNanos(loop.nanos() - begun)).isGreaterThan(Duration.ofMillis(4_890));
  }

  @Test
  void atAnyMomentNoMoreHasLeftThanTheRateAllowsAndATenthOfASecondMore() {
    fill(100);
    loop.call(box::open);
    Replay replay = new Replay(loop, box, plan(DeadLetterFilter.ALL, false, pace(20)));
    long begun = loop.nanos();
    Future<ReplayReport> report = loop.call(replay::run);
    while (!report.isComplete()) {
      simulation.step();
      double seconds = (loop.nanos() - begun) / 1e9;
      assertThat((double) orders.arrived().size()).isLessThanOrEqualTo(20 * seconds + 2);
    }
    assertThat(orders.arrived()).hasSize(100);
  }

  @Test
  void onlyWhatIsMeantIsSentAndTheRestIsCounted() {
    fill(30);
    DeadLetterFilter meant = new DeadLetterFilter("orders", Set.of("reason-1"), null, null);

    ReplayReport report = replay(meant, FAST);

    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 20));
    assertThat(orders.arrived()).hasSize(10);
  }

  @Test
  void aLimitEndsItWhereTheNextOneGoesOn() {
    fill(30);

    ReplayReport first = replay(DeadLetterFilter.ALL, new Pace(13, 1_000, false));
    ReplayReport second = replay(DeadLetterFilter.ALL, FAST);

    assertThat(first.ending()).isEqualTo(Ending.LIMIT);
    assertThat(first.resumed()).isFalse();
    assertThat(second.resumed()).isTrue();
    assertThat(first.counts().replayed()).isEqualTo(13);
    assertThat(second.counts().replayed()).isEqualTo(17);
    assertThat(ids()).hasSize(30);
  }

  @Test
  void aStopEndsItBetweenTwoChunksAndNothingIsSentTwice() {
    fill(100);
    loop.call(box::open);
    Replay replay = new Replay(loop, box, plan(DeadLetterFilter.ALL, false, pace(10)));
    Future<ReplayReport> running = loop.call(replay::run);
    simulation.runUntil(() -> orders.arrived().size() == 5);
    loop.turn(replay::stop);
    ReplayReport report = simulation.await(running);
    int sofar = orders.arrived().size();

    assertThat(report.ending()).isEqualTo(Ending.STOPPED);
    assertThat(report.counts().uncertain()).isZero();
    assertThat(report.counts().replayed()).isEqualTo(sofar).isBetween(5L, 6L);
    replay(DeadLetterFilter.ALL, FAST);
    assertThat(orders.arrived()).hasSize(100);
  }

  @Test
  void aStopWhileNothingIsAcknowledgedEndsWithinSecondsAndSaysWhatIsUncertain() {
    fill(10);
    orders.weather(any -> Reply.unknown(lost));
    loop.call(box::open);
    Replay replay = new Replay(loop, box, plan(DeadLetterFilter.ALL, false, FAST));
    Future<ReplayReport> running = loop.call(replay::run);
    simulation.runFor(Duration.ofSeconds(3));
    assertThat(running.isComplete()).isFalse();
    loop.turn(replay::stop);
    simulation.runFor(Duration.ofSeconds(6));

    assertThat(running.isComplete()).isTrue();
    assertThat(running.result().ending()).isEqualTo(Ending.STOPPED);
    assertThat(running.result().counts()).isEqualTo(new Counts(0, 7, 0, 0, 0));
  }

  @Test
  void itEndsOnceThoughWhatAStopDidNotAwaitGoesOn() {
    fill(10);
    Promise<Void> kept = Promise.promise();
    box.keepWith(kept.future());
    loop.call(box::open);
    Replay replay = new Replay(loop, box, plan(DeadLetterFilter.ALL, false, FAST));
    Future<ReplayReport> running = loop.call(replay::run);
    simulation.runUntil(() -> orders.arrived().size() == 7);
    loop.turn(replay::stop);
    simulation.runFor(Duration.ofSeconds(6));
    assertThat(running.result().ending()).isEqualTo(Ending.STOPPED);
    assertThat(running.result().counts()).isEqualTo(new Counts(7, 7, 0, 0, 0));

    loop.turn(kept::complete);
    loop.turn(replay::stop);
    simulation.run();

    assertThat(orders.closings()).isOne();
    assertThat(orders.arrived()).hasSize(7);
    assertThat(replay.progress().replayed()).isEqualTo(7);
  }

  @Test
  void whatArrivedButWasNotKeptIsSentAgainUnderTheSameIds() {
    fill(20);
    box.breakKeeping(lost);
    ReplayReport broken = replay(DeadLetterFilter.ALL, FAST);
    int twice = orders.arrived().size();

    ListedBox cured = new ListedBox(letters, bookmarks);
    loop.call(cured::open);
    simulation.await(
        loop.call(new Replay(loop, cured, plan(DeadLetterFilter.ALL, false, FAST))::run));

    assertThat(broken.ending()).isEqualTo(Ending.FAILED);
    assertThat(broken.failure()).isEqualTo(lost);
    assertThat(broken.counts().uncertain()).isEqualTo(twice).isPositive();
    assertThat(orders.arrived()).hasSize(20 + twice);
    assertThat(ids()).hasSize(20);
  }

  @Test
  void aDestinationThatIsSilentForLongEndsIt() {
    fill(3);
    orders.weather(any -> Reply.unknown(lost));

    ReplayReport report = replay(DeadLetterFilter.ALL, FAST);

    assertThat(report.ending()).isEqualTo(Ending.FAILED);
    assertThat(report.failure()).hasMessageContaining("not acknowledged");
    assertThat(report.counts()).isEqualTo(new Counts(0, 3, 0, 0, 0));
    assertThat(bookmarks).isEmpty();
  }

  @Test
  void aLetterThatIsNeverTakenIsNamedAndHoldsUpNoOther() {
    fill(3);
    orders.weather(
        one ->
            Buffer.buffer("body-1").equals(one.body())
                ? Reply.failed(new MessageRefusedException("too large", lost))
                : Reply.ok(nothing()));

    ReplayReport report = replay(DeadLetterFilter.ALL, FAST);

    assertThat(report.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(report.counts()).isEqualTo(new Counts(2, 0, 1, 0, 0));
    assertThat(report.named()).containsExactly("orders.dlq/0@1: too large");
  }

  @Test
  void aLetterWithoutAnOriginIsNamedAndPassed() {
    letters.add(new DeadLetter(letter(0, Headers.empty(), "x")));
    fill(2);

    ReplayReport report = replay(DeadLetterFilter.ALL, FAST);

    assertThat(report.counts()).isEqualTo(new Counts(2, 0, 0, 1, 0));
    assertThat(report.named()).singleElement().asString().contains("no origin");
  }

  @Test
  void aDryRunSendsAndKeepsNothing() {
    fill(30);

    ReplayReport report = replay(DeadLetterFilter.ALL, new Pace(12, 1, true));

    assertThat(report.counts().replayed()).isEqualTo(12);
    assertThat(report.destinations()).containsExactly(Map.entry("memory orders", 12L));
    assertThat(orders.arrived()).isEmpty();
    assertThat(bookmarks).isEmpty();
  }

  @Test
  void aDryRunOfAnotherRoundCountsFromTheBeginningAndBeginsNone() {
    fill(9);
    replay(DeadLetterFilter.ALL, FAST);
    Pace dry = new Pace(Long.MAX_VALUE, 1, true);
    ReplayReport counted =
        simulation.await(
            loop.call(new Replay(loop, box, plan(DeadLetterFilter.ALL, true, dry))::run));

    assertThat(counted.counts().replayed()).isEqualTo(9);
    assertThat(orders.arrived()).hasSize(9);
    assertThat(bookmarks).containsValue(new ListedBox.Mark(9, 1));
  }

  @Test
  void aStopBeforeItBeginsSendsNothing() {
    fill(9);
    loop.call(box::open);
    Replay replay = new Replay(loop, box, plan(DeadLetterFilter.ALL, false, FAST));
    loop.turn(replay::stop);

    assertThat(simulation.await(loop.call(replay::run)).ending()).isEqualTo(Ending.STOPPED);
    assertThat(orders.arrived()).isEmpty();
  }

  @Test
  void moreDestinationsThanItMayOpenEndItBeforeTheNextOneIsOpened() {
    fill(Replay.MOST_DESTINATIONS + 20);
    loop.call(box::open);
    ReplayPlan wide =
        new ReplayPlan(
            DeadLetterFilter.ALL,
            letter -> Optional.of(new Memory(new InMemorySink(letter.toString()))),
            "all",
            false,
            pace(10));

    ReplayReport report = simulation.await(loop.call(new Replay(loop, box, wide)::run));

    assertThat(report.ending()).isEqualTo(Ending.FAILED);
    assertThat(report.failure()).hasMessageContaining("64 destinations");
    assertThat(report.counts().replayed()).isEqualTo(Replay.MOST_DESTINATIONS);
  }

  @Test
  void anotherRoundBeginsAgainUnderOtherIds() {
    fill(5);
    replay(DeadLetterFilter.ALL, FAST);
    ReplayReport again =
        simulation.await(
            loop.call(new Replay(loop, box, plan(DeadLetterFilter.ALL, true, FAST))::run));

    assertThat(again.round()).isEqualTo(2);
    assertThat(orders.arrived()).hasSize(10);
    assertThat(ids()).hasSize(10);
  }

  private ReplayReport replay(DeadLetterFilter meant, Pace pace) {
    loop.call(box::open);
    return simulation.await(loop.call(new Replay(loop, box, plan(meant, false, pace))::run));
  }

  private ReplayPlan plan(DeadLetterFilter meant, boolean again, Pace pace) {
    return new ReplayPlan(meant, this::way, "all", again, pace);
  }

  private static Pace pace(int perSecond) {
    return new Pace(Long.MAX_VALUE, perSecond, false);
  }

  private Optional<SinkFactory> way(DeadLetter letter) {
    return letter.origin().map(origin -> new Memory(orders));
  }

  private Set<String> ids() {
    Set<String> ids = new HashSet<>();
    orders.arrived().forEach(sent -> ids.add(sent.headers().text(Headers.REPLAY_ID)));
    return ids;
  }

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      TestMessage message = TestMessage.at(100 + i).withBody(Buffer.buffer("body-" + i));
      letters.add(died(i, message, "reason-" + i % 3));
    }
  }

  private static DeadLetter died(long position, TestMessage message, String reason) {
    Headers headers =
        message
            .headers()
            .with(DeadLetterHeaders.REASON, reason)
            .with(DeadLetterHeaders.ORIGIN, message.origin().toString())
            .with(DeadLetterHeaders.ORIGIN_TIMESTAMP, message.timestamp().toString())
            .with(DeadLetterHeaders.PIPELINE, "orders");
    return new DeadLetter(
        new TestMessage(
            letter(position, headers, "").origin(),
            message.key(),
            message.body(),
            headers,
            Instant.EPOCH));
  }

  private static TestMessage letter(long position, Headers headers, String body) {
    return new TestMessage(
        Origin.offset("orders.dlq/0", position), null, Buffer.buffer(body), headers, Instant.EPOCH);
  }

  /** The way to one sink in memory. */
  private record Memory(InMemorySink to) implements SinkFactory {
    @Override
    public String destination() {
      return "orders";
    }

    @Override
    public boolean isSameAs(String kind, String name) {
      return false;
    }

    @Override
    public Sink sink(Loop loop) {
      return to;
    }

    @Override
    public DeadLetterBox box(Loop loop) {
      throw new UnsupportedOperationException("only written to");
    }
  }

  @SuppressWarnings("NullAway") // the only Void there is
  private static Void nothing() {
    return null;
  }
}
