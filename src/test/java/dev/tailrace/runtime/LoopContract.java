package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every loop keeps; run on the simulated one and on the real one. */
abstract class LoopContract {
  /** Calls of this kind last until they are interrupted, on either loop. */
  static final Workers ENDLESS = new Workers("endless", 1);

  private static final Workers WORKERS = new Workers("worker", 2);

  /** The loop under test; what is not given to {@link Loop#execute} goes through {@link #turn}. */
  abstract Loop loop();

  /** Runs in a turn of the loop and gives back what it returns. */
  abstract <T> T turn(Function<Loop, T> turn);

  /** Lets the loop run until the condition holds; fails where that never happens. */
  abstract void until(BooleanSupplier condition);

  /** What turns have thrown so far. */
  abstract List<Throwable> reported();

  @Test
  void turnsRunInTheOrderOfTheirSubmission() {
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    List<Integer> expected = IntStream.range(0, 100).boxed().toList();

    expected.forEach(i -> loop().execute(() -> ran.add(i)));

    until(() -> ran.size() == 100);
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void aTurnSubmittedInATurnRunsAfterIt() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());

    turn(
        loop -> {
          loop.execute(() -> ran.add("later"));
          return ran.add("now");
        });

    until(() -> ran.size() == 2);
    assertThat(ran).containsExactly("now", "later");
  }

  @Test
  void onlyATurnIsInTheLoop() {
    assertThat(loop().inLoop()).isFalse();
    assertThat(turn(Loop::inLoop)).isTrue();
    assertThat(turn(loop -> loop.offload(WORKERS, loop::inLoop)).future())
        .satisfies(
            inWorker -> {
              until(inWorker::isComplete);
              assertThat(inWorker.result()).isFalse();
            });
  }

  @Test
  void aTaskAfterNothingRunsInALaterTurn() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());

    turn(
        loop -> {
          loop.after(Duration.ZERO, () -> ran.add("task"));
          return ran.add("turn");
        });

    until(() -> ran.size() == 2);
    assertThat(ran).containsExactly("turn", "task");
  }

  @Test
  void aTaskNeverRunsBeforeItsTime() {
    Duration delay = Duration.ofNanos(2_500_001);
    AtomicReference<Long> passed = new AtomicReference<>();

    turn(
        loop -> {
          long before = loop.nanos();
          return loop.after(delay, () -> passed.set(loop.nanos() - before));
        });

    until(() -> passed.get() != null);
    assertThat(passed.get()).isGreaterThanOrEqualTo(delay.toNanos());
  }

  @Test
  void tasksRunInTheOrderOfTheirTimesAndInTheLoop() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());

    turn(
        loop -> {
          loop.after(Duration.ofMillis(40), () -> ran.add("second " + loop.inLoop()));
          return loop.after(Duration.ofMillis(5), () -> ran.add("first " + loop.inLoop()));
        });

    until(() -> ran.size() == 2);
    assertThat(ran).containsExactly("first true", "second true");
  }

  @Test
  void aCancelledTaskNeverRuns() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());

    boolean[] cancelled =
        turn(
            loop -> {
              Timer next = loop.after(Duration.ZERO, () -> ran.add("next"));
              Timer soon = loop.after(Duration.ofMillis(1), () -> ran.add("soon"));
              loop.after(Duration.ofMillis(20), () -> ran.add("end"));
              return new boolean[] {next.cancel(), soon.cancel(), next.cancel(), soon.cancel()};
            });

    until(() -> !ran.isEmpty());
    assertThat(ran).containsExactly("end");
    assertThat(cancelled).containsExactly(true, true, false, false);
  }

  @Test
  void aTaskThatHasRunCannotBeCancelled() {
    AtomicBoolean ran = new AtomicBoolean();
    Timer soon = turn(loop -> loop.after(Duration.ofMillis(1), () -> ran.set(true)));
    until(ran::get);

    boolean cancelled = turn(loop -> soon.cancel());

    assertThat(cancelled).isFalse();
  }

  @Test
  void aResultOfAWorkerArrivesInATurn() {
    AtomicBoolean inLoop = new AtomicBoolean();

    Future<String> result =
        turn(
            loop ->
                loop.offload(WORKERS, () -> "made")
                    .future()
                    .onComplete(made -> inLoop.set(loop.inLoop())));

    until(result::isComplete);
    assertThat(result.result()).isEqualTo("made");
    until(inLoop::get);
  }

  @Test
  void whateverAWorkerThrowsFailsItsFuture() {
    Exception checked = new Exception("checked");
    Error error = new StackOverflowError("deep");

    Future<?> first = turn(loop -> loop.offload(WORKERS, failing(checked)).future());
    Future<?> second = turn(loop -> loop.offload(WORKERS, failing(error)).future());

    until(() -> first.isComplete() && second.isComplete());
    assertThat(first.cause()).isSameAs(checked);
    assertThat(second.cause()).isSameAs(error);
  }

  @Test
  void workBeyondTheLimitWaitsInOrder() {
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    Workers one = new Workers("one", 1);
    List<Integer> expected = IntStream.range(0, 20).boxed().toList();

    turn(loop -> expected.stream().map(i -> loop.offload(one, () -> ran.add(i))).toList());

    until(() -> ran.size() == 20);
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void aHigherLimitStartsWhatWaitsAndALowerOneEndsNothing() {
    Work<String> first = startEndless();
    Work<String> second = turn(LoopContract::offloadEndless);
    assertThat(isRunning(second)).as("one may run").isFalse();

    turn(loop -> limited(loop, 2));
    until(() -> isRunning(second));
    turn(loop -> limited(loop, 1));
    Work<String> third = turn(LoopContract::offloadEndless);
    turn(loop -> interrupted(first));
    until(first.future()::isComplete);
    assertThat(isRunning(second)).isTrue();
    assertThat(isRunning(third)).as("another one runs").isFalse();
    turn(loop -> interrupted(second));
    until(() -> isRunning(third));

    turn(loop -> interrupted(third));
    until(third.future()::isComplete);
  }

  private boolean isRunning(Work<String> work) {
    return turn(loop -> !work.stack().isEmpty());
  }

  private static boolean limited(Loop loop, int limit) {
    loop.limit(new Workers(ENDLESS.name(), limit));
    return true;
  }

  @Test
  void anInterruptReachesWhatRuns() {
    Work<String> endless = startEndless();
    assertThat(endless.stack()).isNotEmpty();

    turn(loop -> interrupted(endless));

    until(endless.future()::isComplete);
    assertThat(endless.future().cause()).isInstanceOf(InterruptedException.class);
    assertThat(endless.stack()).isEmpty();
  }

  @Test
  void workThatIsInterruptedInItsQueueFailsUnstarted() {
    AtomicBoolean ran = new AtomicBoolean();
    Work<String> endless = startEndless();

    Work<String> queued =
        turn(
            loop -> {
              Work<String> work = loop.offload(ENDLESS, () -> String.valueOf(ran.getAndSet(true)));
              work.interrupt();
              assertThat(work.future().isComplete()).as("completes in a later turn").isFalse();
              return work;
            });

    until(queued.future()::isComplete);
    assertThat(queued.future().cause()).isInstanceOf(CancellationException.class);
    turn(loop -> interrupted(endless));
    until(endless.future()::isComplete);
    assertThat(ran).isFalse();
  }

  @Test
  void anInterruptNeverHitsTheNextTask() {
    Workers one = new Workers("reused", 1);
    List<Future<Boolean>> nexts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      nexts.add(
          turn(
              loop -> {
                Work<?> first = loop.offload(one, () -> "first");
                Work<Boolean> next =
                    loop.offload(one, () -> Thread.currentThread().isInterrupted());
                first.future().onComplete(ended -> first.interrupt());
                loop.execute(first::interrupt);
                return next.future();
              }));
    }

    until(() -> nexts.stream().allMatch(Future::isComplete));
    assertThat(nexts).allSatisfy(next -> assertThat(next.result()).isFalse());
  }

  @Test
  void whatATurnThrowsIsReportedAndLaterTurnsRun() {
    RuntimeException inTurn = new RuntimeException("turn");
    RuntimeException inTask = new RuntimeException("task");
    AtomicBoolean later = new AtomicBoolean();

    loop().execute(() -> sneak(inTurn));
    turn(loop -> loop.after(Duration.ofMillis(1), () -> sneak(inTask)));
    turn(loop -> loop.after(Duration.ofMillis(20), () -> later.set(true)));

    until(later::get);
    assertThat(reported()).containsExactly(inTurn, inTask);
  }

  /** Starts work that only an interrupt ends, and waits until it runs. */
  final Work<String> startEndless() {
    Work<String> endless = turn(LoopContract::offloadEndless);
    until(() -> isRunning(endless));
    return endless;
  }

  private static Work<String> offloadEndless(Loop loop) {
    CountDownLatch never = new CountDownLatch(1);
    return loop.offload(
        ENDLESS,
        () -> {
          never.await();
          return "never";
        });
  }

  private static Callable<String> failing(Throwable failure) {
    return () -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    };
  }

  static Boolean interrupted(Work<?> work) {
    work.interrupt();
    return true;
  }

  private static void sneak(RuntimeException failure) {
    throw failure;
  }
}
