package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.Batcher.BatcherLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One request per turn and destination, bounded, and nobody is left without a reply. */
final class BatcherTest {
  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("loop");
  private final List<List<Integer>> requests = new ArrayList<>();
  private final List<Promise<List<Reply<String>>>> answers = new ArrayList<>();

  @Test
  void whatIsSubmittedInOneTurnLeavesAsOneRequest() {
    Batcher<Integer, String> batcher = held(10, 1);

    loop.turn(() -> IntStream.range(0, 5).forEach(batcher::submit));
    simulation.run();

    assertThat(requests).containsExactly(List.of(0, 1, 2, 3, 4));
  }

  @Test
  void whatComesDuringARequestFormsTheNext() {
    Batcher<Integer, String> batcher = held(3, 1);
    loop.turn(() -> batcher.submit(0));
    simulation.run();

    loop.turn(() -> IntStream.range(1, 6).forEach(batcher::submit));
    simulation.run();
    assertThat(requests).hasSize(1);
    answer(0);
    answer(1);

    assertThat(requests).containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 5));
  }

  @Test
  void noMoreRequestsAreUnderWayThanTheLimitSays() {
    Batcher<Integer, String> batcher = held(1, 2);

    loop.turn(() -> IntStream.range(0, 5).forEach(batcher::submit));
    simulation.run();

    assertThat(requests).hasSize(2);
    answer(1);
    assertThat(requests).hasSize(3);
    assertThat(batcher.pending()).isEqualTo(4);
  }

  @Test
  void repliesReachTheirItems() {
    Batcher<Integer, String> batcher = held(10, 1);
    List<Future<Reply<String>>> replies = submit(batcher, 3);
    simulation.run();

    answer(0);

    assertThat(replies).extracting(Future::result).containsExactly(ok(0), ok(1), ok(2));
    assertThat(batcher.pending()).isZero();
  }

  @Test
  void aRequestThatFailsOrThrowsOrAnswersShortIsUnknownForAll() {
    RuntimeException failure = new RuntimeException("connection closed");
    List<Function<List<Integer>, Future<List<Reply<String>>>>> faults =
        List.of(
            items -> Future.failedFuture(failure),
            items -> {
              throw failure;
            },
            items -> {
              throw new LinkageError("no such method");
            },
            items -> Future.succeededFuture(List.of(Reply.ok("one"))));

    for (Function<List<Integer>, Future<List<Reply<String>>>> fault : faults) {
      Batcher<Integer, String> batcher = new Batcher<>(loop, new BatcherLimits(10, 1), fault);
      List<Future<Reply<String>>> replies = submit(batcher, 2);
      simulation.run();
      assertThat(replies).allSatisfy(reply -> assertThat(reply.result().isUnknown()).isTrue());

      List<Future<Reply<String>>> later = submit(batcher, 2);
      simulation.run();
      assertThat(later).allSatisfy(reply -> assertThat(reply.isComplete()).isTrue());
    }
  }

  @Test
  void aFlushWaitsForWhatWasSubmittedBeforeItAndForNothingElse() {
    Batcher<Integer, String> batcher = held(2, 2);
    submit(batcher, 3);
    List<Future<Void>> flushes = new ArrayList<>();
    loop.turn(() -> flushes.add(batcher.flush()));
    simulation.run();
    submit(batcher, 1);
    simulation.run();

    answer(1);
    assertThat(flushes.get(0).isComplete()).isFalse();
    answer(0);

    assertThat(flushes.get(0).isComplete()).isTrue();
    assertThat(batcher.pending()).isEqualTo(1);
  }

  @Test
  void aFlushWithNothingPendingIsComplete() {
    Batcher<Integer, String> batcher = held(2, 2);

    loop.turn(() -> assertThat(batcher.flush().isComplete()).isTrue());
  }

  @Test
  void aListenerThatThrowsIsReportedAndKeepsNobodyFromItsReply() {
    List<Throwable> reported = new ArrayList<>();
    simulation.reportTo(reported::add);
    Batcher<Integer, String> batcher = held(10, 1);
    RuntimeException thrown = new RuntimeException("listener");
    List<Future<Reply<String>>> replies = submit(batcher, 3);
    replies
        .get(0)
        .onComplete(
            reply -> {
              throw thrown;
            });
    List<Future<Void>> flushes = new ArrayList<>();
    loop.turn(() -> flushes.add(batcher.flush()));
    simulation.run();

    answer(0);

    assertThat(replies).allSatisfy(reply -> assertThat(reply.isComplete()).isTrue());
    assertThat(flushes.get(0).isComplete()).isTrue();
    assertThat(reported).containsExactly(thrown);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyItemIsSentOnceAndAnsweredWhateverTheOrderOfAnswers(long seed) {
    Simulation world = Simulation.seeded(seed);
    SimulatedLoop owner = world.loop("owner");
    Choices choices = world.choices();
    List<Integer> sent = new ArrayList<>();
    List<String> answered = new ArrayList<>();
    BatcherLimits limits = new BatcherLimits(1 + choices.pick(4), 1 + choices.pick(3));
    Batcher<Integer, String> batcher =
        new Batcher<>(
            owner,
            limits,
            items -> {
              assertThat(items).hasSizeLessThanOrEqualTo(limits.maxItems());
              sent.addAll(items);
              Promise<List<Reply<String>>> promise = Promise.promise();
              owner.after(
                  Duration.ofNanos(choices.between(0, 2_000_000)),
                  () -> end(choices, promise, items));
              return promise.future();
            });
    owner.execute(() -> submitOneByOne(owner, batcher, answered, 0));
    world.run();

    assertThat(sent).isEqualTo(IntStream.range(0, 30).boxed().toList());
    assertThat(answered).hasSize(30).doesNotHaveDuplicates();
    assertThat(batcher.pending()).isZero();
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private static void submitOneByOne(
      SimulatedLoop owner, Batcher<Integer, String> batcher, List<String> answered, int item) {
    if (item == 30) {
      return;
    }
    batcher.submit(item).onComplete(reply -> answered.add(item + " " + reply.result().isOk()));
    Duration pause = Duration.ofNanos(owner.random().nextInt(1_000_000));
    if (owner.random().nextBoolean()) {
      submitOneByOne(owner, batcher, answered, item + 1);
    } else {
      owner.after(pause, () -> submitOneByOne(owner, batcher, answered, item + 1));
    }
  }

  private static void end(
      Choices choices, Promise<List<Reply<String>>> promise, List<Integer> items) {
    if (choices.pick(4) == 0) {
      promise.fail("lost");
    } else {
      promise.complete(items.stream().map(BatcherTest::ok).toList());
    }
  }

  private Batcher<Integer, String> held(int maxItems, int maxInFlight) {
    return new Batcher<>(
        loop,
        new BatcherLimits(maxItems, maxInFlight),
        items -> {
          requests.add(items);
          Promise<List<Reply<String>>> promise = Promise.promise();
          answers.add(promise);
          return promise.future();
        });
  }

  private List<Future<Reply<String>>> submit(Batcher<Integer, String> batcher, int items) {
    List<Future<Reply<String>>> replies = new ArrayList<>();
    loop.turn(() -> IntStream.range(0, items).forEach(i -> replies.add(batcher.submit(i))));
    return replies;
  }

  private void answer(int request) {
    loop.turn(
        () ->
            answers
                .get(request)
                .complete(requests.get(request).stream().map(BatcherTest::ok).toList()));
    simulation.run();
  }

  private static Reply<String> ok(int item) {
    return Reply.ok("reply " + item);
  }
}
