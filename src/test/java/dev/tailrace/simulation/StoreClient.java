package dev.tailrace.simulation;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One consumer's way to the shared store. */
final class StoreClient implements IdempotencyStore {
  /** Between two looks. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final StoreServer store;
  private final SimulatedProcess process;
  private final SimulatedLoop loop;
  private final Link link;
  private StoreMemory memory = new StoreMemory() {};
  private long since; // as it was told last; 0 before
  private boolean closed;

  StoreClient(StoreServer store, SimulatedProcess process, SimulatedLoop loop, Link link) {
    this.store = store;
    this.process = process;
    this.loop = loop;
    this.link = link;
  }

  /**
   * The canary is looked at every second; only what a look finds matters, so only one that will
   * find something is made.
   */
  void lookWithin(Duration delay) {
    loop.later(delay.toNanos(), this::look);
  }

  private void look() {
    if (!closed) {
      link.ask(store::remembers, () -> 0L)
          .onComplete(
              answer -> {
                if (answer.succeeded() && answer.result() != 0) {
                  saw(answer.result());
                } else {
                  lookWithin(INTERVAL);
                }
              });
    }
  }

  boolean isGone() {
    return closed || process.isDead();
  }

  @Override
  public Grade grade() {
    return Grade.B;
  }

  @Override
  public Future<Void> open() {
    store.add(this);
    return Future.succeededFuture();
  }

  @Override
  public void onMemory(StoreMemory listener) {
    memory = listener;
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    long[] remembers = new long[1];
    return this.<ClaimRequest, ClaimAnswer>each(
            requests,
            request -> {
              remembers[0] = store.remembers();
              return store.claim(request, process);
            })
        .onSuccess(any -> saw(remembers[0]));
  }

  /** As the canary in Redis does. */
  private void saw(long now) {
    if (now == 0 || now == since) { // 0: refused, and not asked
      return;
    }
    boolean lost = since != 0;
    since = now;
    memory.remembers(now);
    if (lost) {
      memory.lost("its records are gone");
    }
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
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return each(fences, store::markAlone);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return each(releases, store::release);
  }

  @Override
  public Future<Void> close() {
    closed = true;
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
