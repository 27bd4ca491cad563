package dev.tailrace.cli;

import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Vertx;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done with failures that nobody caught. Where memory is exhausted the process ends with 1,
 * no drain and no report: nobody knows what was not done for want of it, so what is not committed
 * comes again elsewhere. An error in a turn of an event loop left that turn half done: the pool is
 * drained, to be started afresh. Everything else is logged.
 */
final class LastResort {
  private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);

  /** Ready before they are needed, and written past the print stream: both take memory. */
  private static final byte[] LAST_WORDS =
      "out of memory: this process ends here, undrained\n".getBytes(StandardCharsets.UTF_8);

  private static final FileOutputStream STDERR = new FileOutputStream(FileDescriptor.err);

  /** Causes of causes that are looked at; more would be a circle. */
  private static final int MOST_CAUSES = 20;

  private final IntConsumer halt;
  private final Consumer<Trigger> drain;

  /**
   * Watches what nobody catches.
   *
   * @param halt ends the process at once
   * @param drain begins the drain, or joins it
   */
  LastResort(IntConsumer halt, Consumer<Trigger> drain) {
    this.halt = halt;
    this.drain = drain;
  }

  /** Watches all threads of this JVM, and all turns of this Vert.x. */
  void watch(Vertx vertx) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> uncaught(thread.getName(), failure));
    vertx.exceptionHandler(this::uncaughtInTurn);
  }

  private void uncaughtInTurn(Throwable failure) {
    String loop = Thread.currentThread().getName();
    uncaught(loop, failure);
    if (failure instanceof Error && !isExhaustion(failure)) {
      drain.accept(new Trigger(Trigger.Kind.LOOP_ERROR, failure + " on " + loop));
    }
  }

  void uncaught(String thread, Throwable failure) {
    if (!isExhaustion(failure)) {
      LOG.error("Unhandled exception on {}", thread, failure);
      return;
    }
    try {
      STDERR.write(LAST_WORDS);
    } catch (IOException closed) {
      // Nobody listens, and nothing may keep the process.
    } finally {
      halt.accept(ExitCode.FAILURE);
    }
  }

  private static boolean isExhaustion(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
