package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The operations of a server, with copies kept near of what they have marked as done: claims of
 * such keys are answered here, all else by the server. Belongs to the store's loop.
 */
final class NearOperations implements StoreOperations {
  private static final Reply<ClaimAnswer> DONE = Reply.ok(ClaimAnswer.of(ClaimAnswer.Kind.DONE));

  private final Loop loop;
  private final NearCache cache;
  private final Supplier<StoreOperations> server;

  /**
   * Of the server that is asked now.
   *
   * @param entries the most copies; 0 for none
   */
  NearOperations(Loop loop, int entries, Supplier<StoreOperations> server) {
    this.loop = loop;
    this.cache = new NearCache(loop, entries);
    this.server = server;
  }

  /** Nothing is known here any more: the server may have lost it. */
  void forget() {
    assert loop.inLoop();
    cache.forget();
  }

  @Override
  public Future<Claims> claim(List<ClaimRequest> requests) {
    List<Boolean> known = requests.stream().map(cache::knows).toList();
    int copies = Collections.frequency(known, true);
    if (copies == 0) {
      return ask(requests);
    }
    List<ClaimRequest> asked = new ArrayList<>(requests.size() - copies);
    for (int i = 0; i < requests.size(); i++) {
      if (!known.get(i)) {
        asked.add(requests.get(i));
      }
    }
    Claims none = new Claims(Sight.NONE, List.of());
    return (asked.isEmpty() ? Future.succeededFuture(none) : ask(asked))
        .map(claims -> new Claims(claims.sight(), merged(known, claims.answers())));
  }

  private Future<Claims> ask(List<ClaimRequest> requests) {
    long askedAt = loop.nanos();
    return server
        .get()
        .claim(requests)
        .onSuccess(
            claims -> {
              for (int i = 0; i < requests.size(); i++) {
                if (claims.answers().get(i) instanceof Reply.Ok<ClaimAnswer> ok) {
                  Fence fence = ok.value().fence();
                  if (fence != null) {
                    cache.won(requests.get(i), fence, askedAt);
                  }
                }
              }
            });
  }

  /** The server's answers, with those in between that were known. */
  private static List<Reply<ClaimAnswer>> merged(
      List<Boolean> known, List<Reply<ClaimAnswer>> answers) {
    Iterator<Reply<ClaimAnswer>> next = answers.iterator();
    List<Reply<ClaimAnswer>> all = new ArrayList<>(known.size());
    known.forEach(done -> all.add(done ? DONE : next.next()));
    return all;
  }

  @Override
  public Future<Marks> complete(List<Completion> completions) {
    return server
        .get()
        .complete(completions)
        .onSuccess(
            marks -> {
              for (int i = 0; i < completions.size(); i++) {
                boolean written = marks.replies().get(i).equals(Reply.ok(true));
                marked(completions.get(i), written);
              }
            });
  }

  private void marked(Completion completion, boolean written) {
    if (written && !completion.dead()) {
      cache.done(completion.fence(), completion.retention());
    } else if (written) {
      cache.ended(completion.fence().key());
    }
  }

  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    return server
        .get()
        .carryOut(completions)
        .onSuccess(
            replies -> {
              for (int i = 0; i < completions.size(); i++) {
                EffectCompletion completion = completions.get(i);
                if (replies.get(i).equals(Reply.ok(EffectAnswer.of(EffectAnswer.Kind.DONE)))) {
                  cache.done(completion.fence(), completion.retention());
                }
              }
            });
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return server.get().renew(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return server.get().markAlone(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    releases.forEach(release -> cache.ended(release.key()));
    return server.get().release(releases);
  }

  @Override
  public Future<Reply<Sight>> look() {
    return server.get().look();
  }

  /** One that tells another what the server has lost, after that is not known here, either. */
  StoreMemory before(StoreMemory listener) {
    return new StoreMemory() {
      @Override
      public void remembers(long since) {
        forget();
        listener.remembers(since);
      }

      @Override
      public void forgot(long from, long to) {
        forget();
        listener.forgot(from, to);
      }

      @Override
      public void lost(String inWords) {
        forget();
        listener.lost(inWords);
      }
    };
  }
}
