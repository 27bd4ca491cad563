package dev.tailrace.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that does what it is given, in that order, so that a disk that hangs, or
 * whatever else takes long, holds nobody else. Thread-safe.
 */
final class SerialThread {
  /** So many wait; the next is refused. */
  static final int MOST_WAITING = 64;

  private static final long KEEP_ALIVE_SECONDS = 5;

  private final ThreadPoolExecutor thread;

  /** A thread of this name, which lives while there is something to do. */
  SerialThread(String name) {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread daemon = new Thread(task, name);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Completes, on that thread, with what the task returns; fails with what it throws. */
  <T> Future<T> run(Callable<T> task) {
    Promise<T> done = Promise.promise();
    try {
      thread.execute(
          () -> {
            try {
              done.complete(task.call());
            } catch (Exception failure) {
              done.fail(failure);
            }
          });
    } catch (RejectedExecutionException full) {
      done.fail(new IllegalStateException(MOST_WAITING + " wait already"));
    }
    return done.future();
  }
}
