package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Awaits one future on a loop for a limited time: says once that it ended, or once that it overran,
 * and in that case also when it ends late. Belongs to its loop.
 */
public final class TimeLimit {
  private final Loop loop;
  private final Runnable overran;
  private @Nullable Timer timer; // event loop only
  private boolean over; // event loop only

  private TimeLimit(Loop loop, Runnable overran) {
    this.loop = loop;
    this.overran = overran;
  }

  /**
   * Who is told; each in a turn of the loop.
   *
   * @param ended it ended in time
   * @param overran the time passed first
   * @param late it ended after that
   */
  public record Ends<T>(
      Consumer<AsyncResult<T>> ended, Runnable overran, Consumer<AsyncResult<T>> late) {}

  /** Calls {@code work} and waits; what it throws is a failed end. */
  public static <T> TimeLimit await(
      Loop loop, Supplier<Future<T>> work, Duration limit, Ends<T> ends) {
    assert loop.inLoop();
    TimeLimit waiting = new TimeLimit(loop, ends.overran());
    waiting.limit(limit);
    Future<T> future;
    try {
      future = work.get();
    } catch (RuntimeException failure) {
      future = Future.failedFuture(failure);
    }
    future.onComplete(
        result ->
            loop.execute(() -> (waiting.finish() ? ends.ended() : ends.late()).accept(result)));
    return waiting;
  }

  /** Replaces what is left of the time; nothing where it is over. */
  public void limit(Duration left) {
    assert loop.inLoop();
    if (over) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timer =
        loop.after(
            left.isNegative() ? Duration.ZERO : left,
            () -> {
              if (finish()) {
                overran.run();
              }
            });
  }

  private boolean finish() {
    if (over) {
      return false;
    }
    over = true;
    if (timer != null) {
      timer.cancel();
    }
    return true;
  }
}
