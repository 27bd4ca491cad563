package dev.tailrace.simulation;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Supplier;

/** A store on a loop of its own, which outlives the processes that ask it: grade B. */
final class SharedStore {
  private final SimulatedLoop server;
  private final MemoryStore records;

  SharedStore(SimulatedLoop server) {
    this.server = server;
    this.records = new MemoryStore(server, MemoryStore.MemoryLimits.DEFAULT);
  }

  /** As one process sees it. */
  IdempotencyStore of(Loop client) {
    return new Client(client);
  }

  private final class Client implements IdempotencyStore {
    private final Loop client;

    Client(Loop client) {
      this.client = client;
    }

    private <T> Future<T> ask(Supplier<Future<T>> question) {
      Promise<T> answer = Promise.promise();
      server.execute(
          () -> question.get().onComplete(result -> client.execute(() -> answer.handle(result))));
      return answer.future();
    }

    @Override
    public Grade grade() {
      return Grade.B;
    }

    @Override
    public Future<Void> open() {
      return Future.succeededFuture();
    }

    @Override
    public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
      return ask(() -> records.claim(requests));
    }

    @Override
    public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
      return ask(() -> records.complete(completions));
    }

    @Override
    public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
      return ask(() -> records.renew(fences));
    }

    @Override
    public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
      return ask(() -> records.markAlone(fences));
    }

    @Override
    public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
      return ask(() -> records.release(releases));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
