package dev.tailrace.cli;

import io.vertx.core.Vertx;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process where its memory is exhausted, with 1, no drain and no report: nobody knows what
 * was not done for want of it, so what is not committed comes again elsewhere. Everything else that
 * nobody caught is logged.
 */
final class OutOfMemory {
  private static final Logger LOG = LoggerFactory.getLogger(OutOfMemory.class);

  /** Ready before they are needed, and written past the print stream: both take memory. */
  private static final byte[] LAST_WORDS =
      "out of memory: this process ends here, undrained\n".getBytes(StandardCharsets.UTF_8);

  private static final FileOutputStream STDERR = new FileOutputStream(FileDescriptor.err);

  /** Causes of causes that are looked at; more would be a circle. */
  private static final int MOST_CAUSES = 20;

  private final IntConsumer halt;

  /**
   * Watches what nobody catches.
   *
   * @param halt ends the process at once
   */
  OutOfMemory(IntConsumer halt) {
    this.halt = halt;
  }

  /** Watches all threads of this JVM, and all turns of this Vert.x. */
  void watch(Vertx vertx) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> uncaught(thread.getName(), failure));
    vertx.exceptionHandler(failure -> uncaught(Thread.currentThread().getName(), failure));
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
