package dev.tailrace.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one kind: their bound is kept here, on the loop, and threads only run. Belongs to
 * its loop.
 */
final class WorkerSet {
  private final Loop loop;
  private final Runnable onEnd;
  private int limit; // event loop only
  private final DaemonThreads threads;
  private final ArrayDeque<BlockingWork<?>> waiting = new ArrayDeque<>(); // event loop only
  private int running; // event loop only
  private boolean closed; // event loop only

  /**
   * Starts no thread yet.
   *
   * @param onEnd runs in a turn whenever a work has ended
   */
  WorkerSet(Loop loop, Workers workers, Runnable onEnd) {
    this.loop = loop;
    this.onEnd = onEnd;
    this.limit = workers.limit();
    this.threads = new DaemonThreads(workers);
  }

  int running() {
    return running;
  }

  /** From now on so many may run. */
  void limit(int most) {
    limit = most;
    threads.limit(most);
    startWaiting();
  }

  /** Runs it as soon as fewer than the limit run; fails it unstarted after {@link #close}. */
  <T> Work<T> submit(Callable<T> task) {
    BlockingWork<T> work = new BlockingWork<>(task);
    if (closed) {
      work.withdraw("the loop is closed");
    } else if (running < limit) {
      start(work);
    } else {
      waiting.add(work);
    }
    return work;
  }

  private void start(BlockingWork<?> work) {
    running++;
    work.handedOver = true;
    try {
      threads.execute(work);
    } catch (RuntimeException | Error failure) { // the machine has no thread to give
      work.refused(failure);
    }
  }

  private void ended() {
    running--;
    startWaiting();
    onEnd.run();
  }

  private void startWaiting() {
    while (running < limit && !waiting.isEmpty()) {
      start(waiting.remove());
    }
  }

  /** Takes nothing any more, and fails what waits; what runs goes on. Fine to call twice. */
  void close() {
    closed = true;
    for (BlockingWork<?> work = waiting.poll(); work != null; work = waiting.poll()) {
      work.withdraw("the loop is closed");
    }
  }

  /** Lets the threads go that run nothing. */
  void end() {
    threads.end();
  }

  /** One call on a worker. */
  private final class BlockingWork<T> implements Work<T>, Runnable {
    private final Callable<T> task;
    private final Promise<T> promise = Promise.promise();
    private final WorkerThread worker = new WorkerThread();
    private boolean handedOver; // event loop only

    BlockingWork(Callable<T> task) {
      this.task = task;
    }

    @Override
    public Future<T> future() {
      return promise.future();
    }

    @Override
    public void run() {
      if (!worker.begin()) {
        loop.execute(() -> ended(null, new CancellationException("interrupted before the start")));
        return;
      }
      T result = null;
      Throwable failure = null;
      try {
        result = task.call();
      } catch (Throwable thrown) { // whatever it is, it belongs to the one who waits
        failure = thrown;
      }
      worker.end();
      T value = result;
      Throwable cause = failure;
      loop.execute(() -> ended(value, cause));
    }

    private void ended(@Nullable T value, @Nullable Throwable cause) {
      WorkerSet.this.ended();
      complete(value, cause);
    }

    @SuppressWarnings("NullAway") // null is a result where T allows it
    private void complete(@Nullable T value, @Nullable Throwable cause) {
      if (cause != null) {
        promise.fail(cause);
      } else {
        promise.complete(value);
      }
    }

    @Override
    public void interrupt() {
      assert loop.inLoop();
      if (!worker.interrupt() && !handedOver && waiting.remove(this)) {
        withdraw("interrupted before the start");
      }
    }

    void withdraw(String why) {
      handedOver = true;
      loop.execute(() -> complete(null, new CancellationException(why)));
    }

    void refused(Throwable failure) {
      loop.execute(() -> ended(null, failure));
    }

    @Override
    public List<StackTraceElement> stack() {
      return worker.stack();
    }
  }
}
