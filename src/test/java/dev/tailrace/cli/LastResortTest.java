package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Exhausted memory ends the process, wherever it shows; an error in a turn drains it. */
final class LastResortTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final List<Trigger> drained = new CopyOnWriteArrayList<>();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  LastResortTest() {
    new LastResort(halted::add, drained::add).watch(vertx);
  }

  @AfterEach
  void restore() throws Exception {
    Thread.setDefaultUncaughtExceptionHandler(before);
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  @Test
  void inATurnOfAnEventLoopItHalts() {
    vertx.runOnContext(
        turn -> {
          throw new OutOfMemoryError("planted");
        });

    await().dontCatchUncaughtExceptions().until(() -> halted.equals(List.of(ExitCode.FAILURE)));
    assertThat(drained).isEmpty();
  }

  @Test
  void anyOtherErrorInATurnOfAnEventLoopDrainsAndAnExceptionDoesNot() {
    vertx.runOnContext(
        turn -> {
          throw new IllegalStateException("planted");
        });
    vertx.runOnContext(
        turn -> {
          throw new NoClassDefFoundError("planted");
        });

    await().dontCatchUncaughtExceptions().until(() -> !drained.isEmpty());
    assertThat(drained).hasSize(1);
    assertThat(drained.get(0).kind()).isEqualTo(Trigger.Kind.LOOP_ERROR);
    assertThat(drained.get(0).reason()).contains("NoClassDefFoundError: planted");
    assertThat(halted).isEmpty();
  }

  @Test
  void onAnyOtherThreadItHaltsAlsoAsTheCauseOfSomethingElse() throws InterruptedException {
    Thread other =
        new Thread(
            () -> {
              throw new IllegalStateException("wrapped", new OutOfMemoryError("planted"));
            });
    other.start();
    other.join(); // not awaited: while Awaitility waits, what nobody catches comes to it instead

    assertThat(halted).containsExactly(ExitCode.FAILURE);
  }

  @Test
  void anythingElseOnOtherThreadsIsLoggedOnly() throws InterruptedException {
    Thread other =
        new Thread(
            () -> {
              throw new StackOverflowError("planted");
            });
    other.start();
    other.join();

    assertThat(halted).isEmpty();
    assertThat(drained).isEmpty();
  }
}
