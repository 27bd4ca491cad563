package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Exhausted memory ends the process, wherever it shows; nothing else does. */
final class OutOfMemoryTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  OutOfMemoryTest() {
    new OutOfMemory(halted::add).watch(vertx);
  }

  @AfterEach
  void restore() throws Exception {
    Thread.setDefaultUncaughtExceptionHandler(before);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void inATurnOfAnEventLoopItHalts() {
    vertx.runOnContext(
        turn -> {
          throw new OutOfMemoryError("planted");
        });

    await().dontCatchUncaughtExceptions().until(() -> halted.equals(List.of(ExitCode.FAILURE)));
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
  void anythingElseIsLoggedOnly() throws InterruptedException {
    Thread other =
        new Thread(
            () -> {
              throw new StackOverflowError("planted");
            });
    other.start();
    other.join();

    assertThat(halted).isEmpty();
  }
}
