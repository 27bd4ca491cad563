package dev.tailrace.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** States move legally, once, and in the hearing of one listener. */
final class LifecycleTest {
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private final Lifecycle lifecycle =
      new Lifecycle(
          "test",
          () -> Instant.EPOCH,
          (from, to, reason) -> heard.add(from.label() + ">" + to.label() + " " + reason));

  @Test
  void everyMoveIsToldWithItsReason() {
    lifecycle.transition(State.RUNNING, "connected");
    lifecycle.transition(State.DRAINING, "SIGTERM");

    assertThat(heard).containsExactly("starting>running connected", "running>draining SIGTERM");
    assertThat(lifecycle.state()).isEqualTo(State.DRAINING);
    assertThat(lifecycle.reason()).isEqualTo("SIGTERM");
  }

  @Test
  void aMoveToTheSameStateIsNoMove() {
    lifecycle.transition(State.RUNNING, "connected");

    assertThat(lifecycle.transition(State.RUNNING, "again")).isFalse();
    assertThat(heard).hasSize(1);
  }

  @Test
  void anIllegalMoveNamesTheLegalOnesAndChangesNothing() {
    lifecycle.transition(State.DRAINING, "SIGTERM");

    assertThatThrownBy(() -> lifecycle.transition(State.PAUSED, "please"))
        .isInstanceOf(IllegalMoveException.class)
        .hasMessage("cannot go from draining to paused; possible: stopped, failed");
    assertThat(lifecycle.state()).isEqualTo(State.DRAINING);
  }

  @Test
  void nothingFollowsAnEnd() {
    assertThat(State.STOPPED.moves()).isEmpty();
    assertThat(State.FAILED.moves()).isEmpty();
  }

  @Test
  void movesOfManyThreadsAreToldOnceEachAndInOrder() throws Exception {
    lifecycle.transition(State.RUNNING, "start");
    heard.clear();
    int threads = 4;
    AtomicInteger moved = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(threads);
    List<Thread> toggling = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      State wish = i % 2 == 0 ? State.PAUSED : State.RUNNING;
      toggling.add(
          new Thread(
              () -> {
                awaitAll(together);
                for (int n = 0; n < 2_000; n++) {
                  if (lifecycle.transition(wish, "wish")) {
                    moved.incrementAndGet();
                  }
                }
              }));
    }
    toggling.forEach(Thread::start);
    for (Thread thread : toggling) {
      thread.join();
    }

    assertThat(heard).hasSize(moved.get());
    for (int i = 0; i < heard.size(); i++) {
      assertThat(heard.get(i))
          .isEqualTo(i % 2 == 0 ? "running>paused wish" : "paused>running wish");
    }
  }

  @Test
  void aStopHappensOnceAndEveryoneJoinsIt() {
    JoinableStop<String> stop = new JoinableStop<>();
    Promise<String> work = Promise.promise();
    AtomicInteger begun = new AtomicInteger();

    Future<String> first =
        stop.begin(
            () -> {
              begun.incrementAndGet();
              return work.future();
            });
    Future<String> second = stop.begin(() -> Future.failedFuture("must not begin"));
    work.complete("report");

    assertThat(begun).hasValue(1);
    assertThat(first.result()).isEqualTo("report");
    assertThat(second.result()).isEqualTo("report");
    assertThat(stop.begun()).isPresent();
  }

  @Test
  void aStopThatThrowsFailsForEveryone() {
    JoinableStop<String> stop = new JoinableStop<>();

    Future<String> first =
        stop.begin(
            () -> {
              throw new IllegalStateException("broken");
            });

    assertThat(first.cause()).hasMessage("broken");
    assertThat(stop.begin(() -> Future.succeededFuture("late")).cause()).hasMessage("broken");
  }

  private static void awaitAll(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
