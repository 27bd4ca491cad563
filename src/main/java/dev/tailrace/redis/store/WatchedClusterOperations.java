package dev.tailrace.redis.store;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.store.ClusterCanaries.Canary;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The operations on a cluster that lets us run no scripts: a transaction for the records of each
 * slot. Belongs to the store's loop.
 */
final class WatchedClusterOperations implements StoreOperations {
  private final ClusterLinks links;
  private final ClusterCanaries canaries;
  private final StoreKeys keys;
  private final ClusterTransactions transactions;
  private final WatchedOperations records;
  private final EffectKeys touched;

  WatchedClusterOperations(
      ClusterLinks links,
      ClusterCanaries canaries,
      StoreKeys keys,
      ClusterTransactions transactions) {
    this.links = links;
    this.canaries = canaries;
    this.keys = keys;
    this.transactions = transactions;
    this.records = new WatchedOperations(transactions, keys, null);
    this.touched = new EffectKeys(links, keys);
  }

  @Override
  public Future<Claims> claim(List<ClaimRequest> requests) {
    Stream<String> claimed = requests.stream().map(ClaimRequest::key);
    return records
        .claim(requests)
        .compose(claims -> witnessed(claimed, claims.answers()))
        .map(answers -> new Claims(Sight.NONE, answers));
  }

  @Override
  public Future<Marks> complete(List<Completion> completions) {
    Stream<String> marked = completions.stream().map(completion -> completion.fence().key());
    return records
        .complete(completions)
        .compose(marks -> witnessed(marked, marks.replies()))
        .map(replies -> new Marks(Sight.NONE, replies));
  }

  /** Where all that they touch is in the slot of their record; else they are refused. */
  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    Stream<String> marked = completions.stream().map(completion -> completion.fence().key());
    Function<List<EffectKeys.Located>, Future<List<Reply<EffectAnswer>>>> carryOut =
        located -> records.carryOut(located.stream().map(EffectKeys.Located::completion).toList());
    return touched.carryOut(completions, carryOut).compose(replies -> witnessed(marked, replies));
  }

  /**
   * What was written is answered when a canary of each of its servers has been looked at: what was
   * lost there is told before. Unknown where that look is: who comes again finds what it wrote.
   */
  private <R> Future<List<Reply<R>>> witnessed(Stream<String> written, List<Reply<R>> replies) {
    List<Future<Reply<Sight>>> looks =
        written
            .map(key -> links.owner(HashSlot.of(keys.record(key))))
            .filter(Objects::nonNull)
            .distinct()
            .map(canaries::at)
            .flatMap(Optional::stream)
            .map(this::look)
            .toList();
    return Future.all(looks)
        .map(
            all ->
                looks.stream()
                    .map(Future::result)
                    .filter(Reply::isUnknown)
                    .findFirst()
                    .map(
                        look ->
                            Collections.nCopies(replies.size(), WatchedOperations.<R>same(look)))
                    .orElse(replies));
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return records.renew(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return records.markAlone(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return records.release(releases);
  }

  @Override
  public Future<Reply<Sight>> look() {
    return canaries.look(
        all -> {
          List<Future<Reply<Sight>>> looks = all.stream().map(this::look).toList();
          return Future.all(looks).map(done -> looks.stream().map(Future::result).toList());
        });
  }

  private Future<Reply<Sight>> look(Canary canary) {
    String key = canary.key();
    return transactions
        .direct(
            List.of(key, canary.life()),
            seen -> WatchedOperations.looking(key, canary.life(), seen))
        .onSuccess(
            reply -> {
              if (reply instanceof Reply.Ok<Sight> ok) {
                canary.detector().saw(ok.value());
              }
            });
  }
}
