package dev.tailrace.redis;

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

/** An event loop for tests: calls are made in its turns and waited for. */
final class EventLoop implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop = get(VertxLoop::new);

  Vertx vertx() {
    return vertx;
  }

  Loop loop() {
    return loop;
  }

  /** Calls in a turn and waits for the value. */
  <T> T get(Supplier<T> supplier) {
    return await(() -> Future.succeededFuture(supplier.get()));
  }

  /** Runs in a turn and waits for its end. */
  void run(Runnable turn) {
    await(
        () -> {
          turn.run();
          return Future.succeededFuture();
        });
  }

  /** Calls in a turn and waits until its future has completed. */
  <T> T await(Supplier<Future<T>> call) {
    return join(start(call));
  }

  /** Calls in a turn; the result completes with the call's future. */
  <T> CompletableFuture<T> start(Supplier<Future<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            call.get()
                .onComplete(
                    done -> {
                      if (done.succeeded()) {
                        result.complete(done.result());
                      } else {
                        result.completeExceptionally(done.cause());
                      }
                    });
          } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  static <T> T join(CompletableFuture<T> result) {
    try {
      return result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not completed within " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    join(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
