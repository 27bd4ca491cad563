package dev.tailrace.redis;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import dev.tailrace.source.SourceHarness;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** An event loop for tests: calls are made in its turns and waited for. */
public final class EventLoop implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop = get(VertxLoop::new);

  public Vertx vertx() {
    return vertx;
  }

  public Loop loop() {
    return loop;
  }

  /** Calls in a turn and waits for the value. */
  public <T> T get(Supplier<T> supplier) {
    return await(() -> Future.succeededFuture(supplier.get()));
  }

  /** Runs in a turn and waits for its end. */
  public void run(Runnable turn) {
    await(
        () -> {
          turn.run();
          return Future.succeededFuture();
        });
  }

  /** Calls in a turn and waits until its future has completed. */
  public <T> T await(Supplier<Future<T>> call) {
    return SourceHarness.join(start(call));
  }

  /** Calls in a turn; the result completes with the call's future. */
  public <T> CompletableFuture<T> start(Supplier<Future<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            call.get().onComplete(result::complete, result::completeExceptionally);
          } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  @Override
  public void close() {
    SourceHarness.join(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
