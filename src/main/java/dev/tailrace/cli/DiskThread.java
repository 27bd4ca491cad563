package dev.tailrace.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that writes to a disk in the order it is asked, so that a disk that hangs holds
 * nobody else. Thread-safe.
 */
final class DiskThread {
  /** More than that wait for a disk that hangs: the next is refused. */
  static final int MOST_WAITING = 64;

  private static final long KEEP_ALIVE_SECONDS = 5;

  private final ThreadPoolExecutor thread;

  /** A thread of this name, which lives while there is something to write. */
  DiskThread(String name) {
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
      done.fail(new IllegalStateException("the disk has not answered " + MOST_WAITING + " times"));
    }
    return done.future();
  }
}
