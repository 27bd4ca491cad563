package dev.tailrace.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One thread's turns, its clock, its dice and its way to workers. State that belongs to a loop is
 * touched in its turns only; {@link #execute} is the way in from anywhere. The clocks may be read
 * from anywhere too; all else is called in a turn.
 */
public interface Loop extends Executor {
  /** Runs {@code turn} later, after the turns queued before it; safe from any thread. */
  @Override
  void execute(Runnable turn);

  /**
   * Runs {@code turn} later, after all that is due by now as well: tasks whose delay is over, and
   * what has come over connections. Where a loop cannot tell, it is the same as {@link #execute}.
   */
  default void executeAfterDue(Runnable turn) {
    execute(turn);
  }

  /** Whether the caller is in a turn of this loop. */
  boolean inLoop();

  /** Monotonic time in nanoseconds; only differences mean something. */
  long nanos();

  /** The wall clock, for people and for other machines; it may jump. */
  Instant wall();

  /** The loop's own source of chance. */
  RandomGenerator random();

  /** Runs {@code task} in a turn after {@code delay}, which is rounded up to the clock's grain. */
  Timer after(Duration delay, Runnable task);

  /**
   * Runs {@code blocking} on a worker; its future completes in a turn of this loop. Work beyond the
   * bound of {@code workers} waits in order. Workers of one name are one set, bounded by what the
   * first of them said, or the last {@link #limit}.
   */
  <T> Work<T> offload(Workers workers, Callable<T> blocking);

  /**
   * Bounds the set of this name anew. Where more run than that, they end in their time; what waits
   * starts when fewer do.
   */
  void limit(Workers workers);

  /**
   * Makes a call in this turn. What it keeps with its context, and only there, goes along with all
   * that it begins, and with nothing else that runs on this loop; where the loop has no such
   * contexts it is just a call.
   */
  default <T> T apart(Supplier<T> call) {
    return call.get();
  }

  /**
   * Lets a future from outside in: what is done with the result runs in a turn of this loop. One
   * that is complete already needs no turn and is returned as it is.
   */
  default <T> Future<T> enter(Future<T> outside) {
    if (outside.isComplete()) {
      return outside;
    }
    Promise<T> inside = Promise.promise();
    outside.onComplete(result -> execute(() -> inside.handle(result)));
    return inside.future();
  }
}
