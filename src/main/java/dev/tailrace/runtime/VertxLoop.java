package dev.tailrace.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a verticle: its turns are turns of the verticle's event loop. Made on that event
 * loop, by the verticle that uses it.
 *
 * <p>What a turn, a timer's task or a future's listener throws is given to the exception handler of
 * the context, or of Vert.x, or else logged by Vert.x; later turns run all the same. A turn that is
 * submitted after Vert.x has closed is dropped, as its event loop has ended.
 *
 * <p>Blocking work runs on virtual threads where the JVM has them, else on daemon threads, at most
 * {@link Workers#limit} of one kind at once; what is beyond waits here, on the loop.
 */
public final class VertxLoop implements Loop {
  /** Longer delays are cut to this: nothing waits a year. */
  private static final Duration LONGEST_DELAY = Duration.ofDays(365);

  /** An idle platform thread ends after this time. */
  private static final long KEEP_ALIVE_SECONDS = 30;

  private final Context context;
  private final Vertx vertx;
  private final Thread thread;
  private final RandomGenerator random = new SplittableRandom();
  private final Map<Workers, WorkerSet> sets = new HashMap<>(); // event loop only
  private @Nullable Promise<Integer> closing; // event loop only

  /**
   * Wraps the event loop of the caller.
   *
   * @throws IllegalStateException where the caller is not on an event loop of Vert.x
   */
  public VertxLoop() {
    Context current = Vertx.currentContext();
    if (current == null || !current.isEventLoopContext() || !Context.isOnEventLoopThread()) {
      throw new IllegalStateException("a VertxLoop is made on the event loop that it wraps");
    }
    this.context = current;
    this.vertx = current.owner();
    this.thread = Thread.currentThread();
  }

  @Override
  public void execute(Runnable turn) {
    context.runOnContext(ignored -> turn.run());
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }

  @Override
  public RandomGenerator random() {
    assert inLoop();
    return random;
  }

  /** As {@link Loop#after}; the grain is one millisecond, and a delay of zero is the next turn. */
  @Override
  public Timer after(Duration delay, Runnable task) {
    assert inLoop();
    if (delay.isNegative() || delay.isZero()) {
      NextTurn next = new NextTurn(task);
      execute(next);
      return next;
    }
    Duration cut = delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    long millis = cut.plusNanos(999_999).toMillis();
    long id = vertx.setTimer(millis, ignored -> task.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public <T> Work<T> offload(Workers workers, Callable<T> blocking) {
    assert inLoop();
    WorkerSet set = sets.computeIfAbsent(workers, WorkerSet::new);
    BlockingWork<T> work = new BlockingWork<>(set, blocking);
    if (closing != null) {
      work.withdraw("the loop is closed");
    } else {
      set.submit(work);
    }
    return work;
  }

  /**
   * Ends the workers: nothing is offloaded any more, what waits fails unstarted, what runs is
   * waited for. Work that still runs after {@code grace} is abandoned on its daemon thread, and its
   * future completes if it ever ends. Turns and timers go on until the verticle's end. Fine to call
   * twice.
   *
   * @return completes in a turn with the number of works abandoned; never fails
   */
  public Future<Integer> close(Duration grace) {
    assert inLoop();
    if (closing != null) {
      return closing.future();
    }
    closing = Promise.promise();
    sets.values().forEach(WorkerSet::withdrawWaiting);
    after(grace, this::closed);
    closedIfIdle();
    return closing.future();
  }

  private void closedIfIdle() {
    if (closing != null && sets.values().stream().allMatch(set -> set.running == 0)) {
      closed();
    }
  }

  private void closed() {
    sets.values().forEach(WorkerSet::end);
    if (closing != null) {
      closing.tryComplete(sets.values().stream().mapToInt(set -> set.running).sum());
    }
  }

  /** A task for the next turn, unless it is cancelled before. */
  private static final class NextTurn implements Runnable, Timer {
    private @Nullable Runnable task; // event loop only

    NextTurn(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      Runnable due = task;
      task = null;
      if (due != null) {
        due.run();
      }
    }

    @Override
    public boolean cancel() {
      boolean waiting = task != null;
      task = null;
      return waiting;
    }
  }

  /** The workers of one kind: the bound is kept here, on the loop; threads only run. */
  private final class WorkerSet {
    private final Workers workers;
    private final Executor threads;
    private final ArrayDeque<BlockingWork<?>> waiting = new ArrayDeque<>(); // event loop only
    private int running; // event loop only

    WorkerSet(Workers workers) {
      this.workers = workers;
      this.threads = threads(workers);
    }

    void submit(BlockingWork<?> work) {
      if (running < workers.limit()) {
        start(work);
      } else {
        waiting.add(work);
      }
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

    void ended() {
      running--;
      BlockingWork<?> next = waiting.poll();
      if (next != null) {
        start(next);
      }
      closedIfIdle();
    }

    void withdrawWaiting() {
      for (BlockingWork<?> work = waiting.poll(); work != null; work = waiting.poll()) {
        work.withdraw("the loop is closed");
      }
    }

    void end() {
      if (threads instanceof ThreadPoolExecutor pool) {
        pool.shutdown();
      }
    }
  }

  /** One call on a worker. */
  private final class BlockingWork<T> implements Work<T>, Runnable {
    private final WorkerSet set;
    private final Callable<T> task;
    private final Promise<T> promise = Promise.promise();
    private final WorkerThread worker = new WorkerThread();
    private boolean handedOver; // event loop only

    BlockingWork(WorkerSet set, Callable<T> task) {
      this.set = set;
      this.task = task;
    }

    @Override
    public Future<T> future() {
      return promise.future();
    }

    @Override
    public void run() {
      if (!worker.begin()) {
        execute(() -> ended(null, new CancellationException("interrupted before the start")));
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
      execute(() -> ended(value, cause));
    }

    private void ended(@Nullable T value, @Nullable Throwable cause) {
      set.ended();
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
      assert inLoop();
      if (!worker.interrupt() && !handedOver && set.waiting.remove(this)) {
        withdraw("interrupted before the start");
      }
    }

    void withdraw(String why) {
      handedOver = true;
      execute(() -> complete(null, new CancellationException(why)));
    }

    void refused(Throwable failure) {
      execute(() -> ended(null, failure));
    }

    @Override
    public List<StackTraceElement> stack() {
      return worker.stack();
    }
  }

  /**
   * The thread of one call on a worker: it can be interrupted while it runs the call, and never
   * before or after. Thread-safe.
   */
  static final class WorkerThread {
    private final Object lock = new Object();
    private @Nullable Thread runner; // guarded by lock
    private boolean withdrawn; // guarded by lock

    /**
     * The caller's thread begins the call.
     *
     * @return false where it was interrupted before: then it must not begin
     */
    boolean begin() {
      synchronized (lock) {
        if (!withdrawn) {
          runner = Thread.currentThread();
        }
        return !withdrawn;
      }
    }

    /** The caller's thread has ended the call; what it runs next is not interrupted. */
    void end() {
      synchronized (lock) {
        runner = null;
        // An interrupt that came at the last moment must not hit what this thread runs next.
        boolean ignored = Thread.interrupted();
      }
    }

    /**
     * Interrupts the call.
     *
     * @return false where none runs: then none will begin
     */
    boolean interrupt() {
      synchronized (lock) {
        withdrawn = runner == null;
        if (runner != null) {
          runner.interrupt();
        }
        return !withdrawn;
      }
    }

    /** Where the call is; empty where none runs. */
    List<StackTraceElement> stack() {
      synchronized (lock) {
        return runner == null ? List.of() : List.of(runner.getStackTrace());
      }
    }
  }

  private static Executor threads(Workers workers) {
    ThreadFactory virtual = virtualThreads(workers.name());
    if (virtual != null) {
      return task -> virtual.newThread(task).start();
    }
    AtomicLong number = new AtomicLong();
    // The loop bounds the queue: only works whose threads are just coming back are in it.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            workers.limit(),
            workers.limit(),
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread daemon = new Thread(task, workers.name() + "-" + number.getAndIncrement());
              daemon.setDaemon(true);
              return daemon;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Virtual threads by reflection, since this is compiled for 17; null where there are none. */
  private static @Nullable ThreadFactory virtualThreads(String name) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object made =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder)).invoke();
      MethodType naming = MethodType.methodType(builder, String.class, long.class);
      Object named = lookup.findVirtual(builder, "name", naming).invoke(made, name + "-", 0L);
      MethodType making = MethodType.methodType(ThreadFactory.class);
      return (ThreadFactory) lookup.findVirtual(builder, "factory", making).invoke(named);
    } catch (ClassNotFoundException | NoSuchMethodException | UnsupportedOperationException older) {
      return null; // before 21, or 19 and 20 without their preview
    } catch (Throwable failure) {
      throw new IllegalStateException("cannot make virtual threads", failure);
    }
  }
}
