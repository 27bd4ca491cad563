package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.Batcher.BatcherLimits;
import dev.tailrace.runtime.ResendingBatcher.Pauses;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Nothing is left unknown while somebody wants to know. */
final class ResendingBatcherTest {
  private final RuntimeException lost = new IllegalStateException("the answer was lost");

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("loop");
  private final List<List<String>> requests = new ArrayList<>();
  private final List<String> turns = new ArrayList<>();
  private final Set<String> unwanted = new HashSet<>();
  private Function<String, Reply<String>> answer = item -> Reply.ok(item + "!");
  private final ResendingBatcher<String, String> batcher =
      new ResendingBatcher<>(loop, new BatcherLimits(10, 1), Pauses.DEFAULT, new Scripted());

  @Test
  void anItemIsSentAgainUntilItsReplyIsKnown() {
    answer = item -> requests.size() < 4 ? Reply.unknown(lost) : Reply.ok(item + "!");
    Future<Reply<String>> reply = submit("a");

    assertThat(simulation.await(reply)).isEqualTo(Reply.ok("a!"));
    assertThat(requests).hasSize(4);
    assertThat(turns).containsExactly("begins", "ends");
    assertThat(batcher.pending()).isZero();
  }

  @Test
  void itemsThatWaitLeaveTogether() {
    answer = item -> requests.size() < 2 ? Reply.failed(lost) : Reply.ok(item + "!");
    loop.turn(() -> List.of("a", "b", "c").forEach(batcher::submit));
    simulation.run();

    assertThat(requests).containsExactly(List.of("a", "b", "c"), List.of("a", "b", "c"));
  }

  @Test
  void thePausesGrowUpToTheirMost() {
    List<Long> times = new ArrayList<>();
    answer =
        item -> {
          times.add(simulation.nanos());
          return times.size() < 12 ? Reply.unknown(lost) : Reply.ok(item);
        };
    simulation.await(submit("a"));

    for (int i = 1; i < times.size(); i++) {
      long pause = (times.get(i) - times.get(i - 1)) / 1_000_000;
      long full = Math.min(1_000, 50L << (i - 1));
      assertThat(pause).as("pause %d", i).isBetween(full / 2 - 1, full + 10);
    }
  }

  @Test
  void afterSuccessThePausesBeginAnew() {
    answer = item -> requests.size() < 10 ? Reply.unknown(lost) : Reply.ok(item);
    simulation.await(submit("a"));
    long began = simulation.nanos();
    answer = item -> requests.size() < 12 ? Reply.unknown(lost) : Reply.ok(item);
    simulation.await(submit("b"));
    assertThat(Duration.ofNanos(simulation.nanos() - began)).isLessThan(Duration.ofMillis(60));
  }

  @Test
  void aFinalReplyEndsItAlsoWhereItIsNotOk() {
    answer = item -> Reply.failed(new UnsupportedOperationException(item));
    assertThat(simulation.await(submit("a"))).isInstanceOf(Reply.Failed.class);
    assertThat(requests).hasSize(1);
    assertThat(turns).isEmpty();
  }

  @Test
  void whatNobodyWantsIsNotSentAgain() {
    answer = item -> Reply.unknown(lost);
    Future<Reply<String>> reply = submit("a");
    simulation.runFor(Duration.ofMillis(1));
    unwanted.add("a");

    assertThat(simulation.await(reply).isUnknown()).isTrue();
    assertThat(requests).hasSize(1);
    assertThat(turns).containsExactly("begins", "ends");
  }

  @Test
  void givingUpAnswersWhatWaitsAtOnce() {
    answer = item -> Reply.unknown(lost);
    Future<Reply<String>> reply = submit("a");
    simulation.runFor(Duration.ofMillis(1));
    loop.turn(batcher::stopResending);

    assertThat(reply.isComplete()).isTrue();
    assertThat(reply.result().isUnknown()).isTrue();
    assertThat(batcher.tally()).isEqualTo(new Tally(0, 0, 1));
    simulation.run();
    assertThat(requests).hasSize(1);
  }

  @Test
  void afterGivingUpAnItemIsSentOnce() {
    answer = item -> Reply.unknown(lost);
    loop.turn(batcher::stopResending);
    assertThat(simulation.await(submit("a")).isUnknown()).isTrue();
    assertThat(requests).hasSize(1);
  }

  @Test
  void aFailureAfterAnUnknownReplyStaysUnknown() {
    answer = item -> requests.size() == 1 ? Reply.unknown(lost) : Reply.failed(lost);
    Future<Reply<String>> reply = submit("a");
    simulation.runFor(Duration.ofSeconds(3));
    loop.turn(batcher::stopResending);
    assertThat(simulation.await(reply).isUnknown()).isTrue();
  }

  @Test
  void aFlushAwaitsWhatWasSubmittedBeforeItAndSaysWhatBecameOfIt() {
    answer = item -> item.equals("lost") ? Reply.unknown(lost) : Reply.ok(item);
    loop.turn(() -> List.of("a", "lost", "b").forEach(batcher::submit));
    Future<Tally> flushed = loop.call(batcher::flush);
    submit("lost");
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(flushed.isComplete()).isFalse();
    assertThat(batcher.tally()).isEqualTo(new Tally(2, 2, 0));
    unwanted.add("lost");

    assertThat(simulation.await(flushed)).isEqualTo(new Tally(2, 0, 1));
    assertThat(simulation.await(loop.call(batcher::flush))).isEqualTo(new Tally(0, 0, 0));
  }

  private Future<Reply<String>> submit(String item) {
    return loop.call(() -> batcher.submit(item));
  }

  private final class Scripted implements ResendingBatcher.Destination<String, String> {
    @Override
    public Future<List<Reply<String>>> send(List<String> items) {
      requests.add(items);
      return Future.succeededFuture(items.stream().map(answer).toList());
    }

    @Override
    public boolean isFinal(Reply<String> reply) {
      return reply.isOk() || reply.cause() instanceof UnsupportedOperationException;
    }

    @Override
    public boolean isWanted(String item) {
      return !unwanted.contains(item);
    }

    @Override
    public void resendingBegins(Throwable cause) {
      assertThat(cause).isSameAs(lost);
      turns.add("begins");
    }

    @Override
    public void resendingEnds() {
      turns.add("ends");
    }
  }
}
