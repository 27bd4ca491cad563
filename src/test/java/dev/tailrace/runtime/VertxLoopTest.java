package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real loop keeps the contract of all loops, and its workers are bounded and end. */
final class VertxLoopTest extends LoopContract {
  private static final Duration GRACE = Duration.ofMillis(50);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<Throwable> reported = new CopyOnWriteArrayList<>();
  private final VertxLoop loop = onContext(VertxLoop::new);

  VertxLoopTest() {
    context.exceptionHandler(reported::add);
  }

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  @Override
  Loop loop() {
    return loop;
  }

  @Override
  <T> T turn(Function<Loop, T> turn) {
    return onContext(() -> turn.apply(loop));
  }

  @Override
  void until(BooleanSupplier condition) {
    await().pollInterval(Duration.ofMillis(1)).until(condition::getAsBoolean);
  }

  @Override
  List<Throwable> reported() {
    return reported;
  }

  @Test
  void noMoreWorkRunsAtOnceThanTheLimitSays() {
    Workers three = new Workers("three", 3);
    CountDownLatch full = new CountDownLatch(3);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    List<Work<Integer>> works =
        turn(
            loop ->
                IntStream.range(0, 30)
                    .mapToObj(
                        i ->
                            loop.offload(
                                three,
                                () -> {
                                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                  full.countDown();
                                  release.await();
                                  return running.decrementAndGet();
                                }))
                    .toList());
    until(() -> full.getCount() == 0);
    release.countDown();

    until(() -> works.stream().allMatch(work -> work.future().succeeded()));
    assertThat(most).hasValue(3);
  }

  @Test
  void workersAreDaemonsAndVirtualWhereTheJvmHasThem() {
    Set<String> kinds = ConcurrentHashMap.newKeySet();

    Future<?> seen =
        turn(
            loop ->
                loop.offload(
                        new Workers("kind", 1),
                        () -> {
                          Thread thread = Thread.currentThread();
                          assertThat(thread.isDaemon()).isTrue();
                          assertThat(thread.getName()).startsWith("kind-");
                          return kinds.add(thread.getClass().getSimpleName());
                        })
                    .future());

    until(seen::isComplete);
    assertThat(seen.succeeded()).as("%s", seen.cause()).isTrue();
    assertThat(kinds)
        .containsExactly(Runtime.version().feature() >= 21 ? "VirtualThread" : "Thread");
  }

  @Test
  void anInterruptRacingTheEndOfATaskNeverHitsTheNext() {
    Workers one = new Workers("raced", 1);
    AtomicInteger hit = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    int rounds = 5_000;

    turn(
        loop -> {
          raced(loop, one, hit, done, rounds);
          return true;
        });

    until(() -> done.get() == rounds);
    assertThat(hit).hasValue(0);
  }

  /** Interrupts a short task at about its end, looks at the one behind it, and goes on. */
  private static void raced(
      Loop loop, Workers one, AtomicInteger hit, AtomicInteger done, int left) {
    if (left == 0) {
      return;
    }
    Work<String> first = loop.offload(one, () -> "short");
    Work<Boolean> next = loop.offload(one, () -> Thread.currentThread().isInterrupted());
    loop.execute(first::interrupt);
    next.future()
        .onComplete(
            seen -> {
              hit.addAndGet(seen.result() ? 1 : 0);
              done.incrementAndGet();
              raced(loop, one, hit, done, left - 1);
            });
  }

  @Test
  void closingWaitsForWhatRunsAndFailsWhatWaits() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Workers one = new Workers("closing", 1);
    Work<String> running =
        turn(
            loop ->
                loop.offload(
                    one,
                    () -> {
                      started.countDown();
                      release.await();
                      return "ended";
                    }));
    Work<String> waiting = turn(loop -> loop.offload(one, () -> "never"));
    until(() -> started.getCount() == 0);

    Future<Integer> closed = onContext(() -> loop.close(Duration.ofMinutes(1)));
    until(waiting.future()::isComplete);
    assertThat(closed.isComplete()).isFalse();
    release.countDown();

    until(closed::isComplete);
    assertThat(closed.result()).isZero();
    assertThat(running.future().result()).isEqualTo("ended");
    assertThat(waiting.future().cause()).isInstanceOf(CancellationException.class);
    assertThat(onContext(() -> loop.close(GRACE))).isSameAs(closed);
  }

  @Test
  void closingLeavesWhatDoesNotEndInItsGraceAndCountsIt() {
    Work<String> endless = startEndless();

    Future<Integer> closed = onContext(() -> loop.close(GRACE));

    until(closed::isComplete);
    assertThat(closed.result()).isEqualTo(1);
    assertThat(endless.future().isComplete()).isFalse();
    turn(loop -> interrupted(endless));
    until(endless.future()::isComplete);
  }

  @Test
  void aClosedLoopTakesNoWorkAndStillTurns() {
    until(onContext(() -> loop.close(GRACE))::isComplete);

    Work<String> late = turn(loop -> loop.offload(new Workers("late", 1), () -> "late"));

    until(late.future()::isComplete);
    assertThat(late.future().cause()).isInstanceOf(CancellationException.class);
  }

  @Test
  void whatIsDueComesBeforeATurnAfterIt() {
    List<String> ran = new CopyOnWriteArrayList<>();

    onContext(
        () -> {
          loop.after(Duration.ofMillis(1), () -> ran.add("due"));
          long due = System.nanoTime() + Duration.ofMillis(2).toNanos();
          until(() -> System.nanoTime() >= due); // here, so that the timer cannot run yet
          loop.executeAfterDue(() -> ran.add("after what is due"));
          loop.execute(() -> ran.add("next"));
          return null;
        });

    until(() -> ran.size() == 3);
    assertThat(ran).containsExactly("next", "due", "after what is due");
  }

  @Test
  void itIsMadeOnAnEventLoopOnly() {
    assertThatThrownBy(VertxLoop::new).isInstanceOf(IllegalStateException.class);
  }

  private <T> T onContext(Supplier<T> turn) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            result.complete(turn.get());
          } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
          }
        });
    return result.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
