package dev.tailrace.cli;

import dev.tailrace.app.Tailrace;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An event loop on which brokers are asked while the thread that made it waits for them. */
final class WaitingLoop implements AutoCloseable {
  private static final long TICK_MILLIS = 100;
  private static final long LONGEST_CLOSE_SECONDS = 5;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop;
  private volatile CompletableFuture<?> awaited = new CompletableFuture<>();

  WaitingLoop() {
    // What is thrown in a turn has no future to fail; the wait must end all the same.
    context.exceptionHandler(failure -> awaited.completeExceptionally(failure));
    this.loop = call(() -> Future.succeededFuture(new VertxLoop()));
  }

  Loop loop() {
    return loop;
  }

  /** Calls on the loop and waits for the result. */
  <T> T call(Supplier<Future<T>> work) {
    return call(work, () -> {});
  }

  /**
   * Calls on the loop and waits for the result; {@code tick} runs some times a second meanwhile.
   *
   * @throws CommandException with exit code 5 where a broker cannot be used
   */
  <T> T call(Supplier<Future<T>> work, Runnable tick) {
    CompletableFuture<T> result = new CompletableFuture<>();
    awaited = result;
    context.runOnContext(
        turn -> {
          try {
            work.get().onComplete(result::complete, result::completeExceptionally);
          } catch (RuntimeException failure) {
            result.completeExceptionally(failure);
          }
        });
    while (true) {
      try {
        return result.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        tick.run();
      } catch (ExecutionException failed) {
        throw told(failed.getCause());
      } catch (InterruptedException urged) {
        Thread.currentThread().interrupt();
        throw new CommandException(ExitCode.FAILURE, "interrupted", urged);
      }
    }
  }

  /** Runs on the loop, and does not wait; safe on any thread. */
  void tell(Runnable turn) {
    context.runOnContext(ignored -> turn.run());
  }

  private static RuntimeException told(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("failed without a cause");
    }
    int exitCode = Tailrace.exitCode(failure);
    if (exitCode == ExitCode.UNREACHABLE) {
      return new CommandException(exitCode, String.valueOf(failure.getMessage()), failure);
    }
    return failure instanceof RuntimeException ours ? ours : new IllegalStateException(failure);
  }

  @Override
  public void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException unclosed) {
      // The process ends now, and with it all connections.
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }
}
