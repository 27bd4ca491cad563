package dev.tailrace.simulation;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One consumer's way to the shared store. */
final class StoreClient implements IdempotencyStore {
  private final StoreServer store;
  private final SimulatedProcess process;
  private final Link link;

  StoreClient(StoreServer store, SimulatedProcess process, Link link) {
    this.store = store;
    this.process = process;
    this.link = link;
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
    return each(requests, request -> store.claim(request, process));
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return each(completions, store::complete);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return each(fences, store::renew);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return each(releases, store::release);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private <T, R> Future<List<Reply<R>>> each(List<T> items, Function<T, R> operation) {
    List<T> copy = List.copyOf(items);
    long troubles = link.troubles();
    Future<List<Reply<R>>> answer =
        link.ask(
            () -> {
              List<Reply<R>> replies = new ArrayList<>(copy.size());
              for (T item : copy) {
                replies.add(Reply.ok(operation.apply(item)));
              }
              return replies;
            },
            () ->
                copy.stream()
                    .map(item -> Reply.<R>failed(new Link.Unanswered("no connection")))
                    .toList());
    if (link.troubles() != troubles) {
      store.disturbed(process, answer);
    }
    return answer;
  }
}
