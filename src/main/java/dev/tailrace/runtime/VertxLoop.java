package dev.tailrace.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  private final Context context;
  private final Vertx vertx;
  private final Thread thread;
  private final RandomGenerator random = new SplittableRandom();
  private final Map<String, WorkerSet> sets = new HashMap<>(); // event loop only, by name
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

  /** By a timer, for which the loop looks at its timers and connections first. */
  @Override
  public void executeAfterDue(Runnable turn) {
    assert inLoop();
    context.owner().timer(1, TimeUnit.NANOSECONDS).onComplete(any -> execute(turn));
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
    return set(workers).submit(blocking);
  }

  /** As {@link Loop#apart}: in a duplicate of the context, as Vert.x has for a request's sake. */
  @Override
  public <T> T apart(Supplier<T> call) {
    assert inLoop();
    ContextInternal own = ((ContextInternal) context).duplicate();
    ContextInternal outer = own.beginDispatch();
    try {
      return call.get();
    } finally {
      own.endDispatch(outer);
    }
  }

  @Override
  public void limit(Workers workers) {
    assert inLoop();
    set(workers).limit(workers.limit());
  }

  private WorkerSet set(Workers workers) {
    WorkerSet set =
        sets.computeIfAbsent(
            workers.name(), name -> new WorkerSet(this, workers, this::closedIfIdle));
    if (closing != null) {
      set.close();
    }
    return set;
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
    sets.values().forEach(WorkerSet::close);
    after(grace, this::closed);
    closedIfIdle();
    return closing.future();
  }

  private void closedIfIdle() {
    if (closing != null && sets.values().stream().allMatch(set -> set.running() == 0)) {
      closed();
    }
  }

  private void closed() {
    sets.values().forEach(WorkerSet::end);
    if (closing != null) {
      closing.tryComplete(sets.values().stream().mapToInt(WorkerSet::running).sum());
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
}
