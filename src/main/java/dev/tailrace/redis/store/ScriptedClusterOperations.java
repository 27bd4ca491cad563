package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a cluster: one script for each record, since those of a list are in slots of
 * their own and a script may touch one slot only; each server's share leaves in one pipeline. And a
 * script that touches one key is answered while its slot moves, which one of several is not.
 * Belongs to the store's loop.
 */
final class ScriptedClusterOperations implements StoreOperations {
  private final ClusterLinks links;
  private final ClusterCanaries canaries;
  private final StoreKeys keys;
  private final EffectKeys touched;

  ScriptedClusterOperations(ClusterLinks links, ClusterCanaries canaries, StoreKeys keys) {
    this.links = links;
    this.canaries = canaries;
    this.keys = keys;
    this.touched = new EffectKeys(links, keys);
  }

  /**
   * One operation on records.
   *
   * @param key of a record
   * @param script that does it to the one record of a list
   * @param reader of its answer
   */
  private record Operation<T, R>(
      Function<T, String> key,
      Function<List<T>, RedisScript.Call> script,
      BiFunction<@Nullable Response, List<T>, R> reader) {}

  /** What is seen of losses is told to the canaries, before the answer. */
  @Override
  public Future<Claims> claim(List<ClaimRequest> requests) {
    Operation<ClaimRequest, ClaimAnswer> claim =
        new Operation<>(
            ClaimRequest::key,
            one -> ScriptedOperations.claiming(keys, one),
            (answer, one) -> only(ScriptedOperations.claims(answer, one).answers()));
    return run(canaries, claim, requests).map(replies -> new Claims(Sight.NONE, replies));
  }

  /** What is seen of losses is told to the canaries, before the answer. */
  @Override
  public Future<Marks> complete(List<Completion> completions) {
    Operation<Completion, Boolean> mark =
        new Operation<>(
            completion -> completion.fence().key(),
            one -> ScriptedOperations.marking(keys, one),
            (answer, one) -> only(ScriptedOperations.marks(answer, one).replies()));
    return run(canaries, mark, completions).map(replies -> new Marks(Sight.NONE, replies));
  }

  private static <R> R only(List<Reply<R>> replies) {
    return ((Reply.Ok<R>) replies.get(0)).value();
  }

  /** Where all that they touch is in the slot of their record; else they are refused. */
  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    return touched.carryOut(
        completions,
        located ->
            ClusterRun.of(links, canaries, located.stream().map(this::carryingOut).toList()));
  }

  private SlotCall<EffectAnswer> carryingOut(EffectKeys.Located located) {
    return new SlotCall<>(
        located.slot(),
        ScriptedOperations.effecting(keys, located.completion(), located.keys()),
        ScriptedOperations::carriedOut);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return yesOrNo(Fence::key, one -> ScriptedOperations.renewing(keys, one), fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return yesOrNo(Fence::key, one -> ScriptedOperations.noting(keys, one), fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return yesOrNo(ReleaseRequest::key, one -> ScriptedOperations.releasing(keys, one), releases);
  }

  /** Each goes to the server whose run id it has, or nowhere. */
  @Override
  public Future<Reply<Sight>> look() {
    return canaries.look(
        all ->
            ClusterRun.direct(
                links, all.stream().map(canary -> canary.look(run(canary.slot()))).toList()));
  }

  private String run(int slot) {
    String owner = links.owner(slot);
    RedisLink link = owner == null ? null : links.link(owner);
    return link == null ? "" : link.life().run();
  }

  private <T> Future<List<Reply<Boolean>>> yesOrNo(
      Function<T, String> key, Function<List<T>, RedisScript.Call> script, List<T> items) {
    return run(
        ClusterRun.Witness.NONE,
        new Operation<T, Boolean>(key, script, (answer, one) -> ScriptedOperations.yes(answer)),
        items);
  }

  private <T, R> Future<List<Reply<R>>> run(
      ClusterRun.Witness witness, Operation<T, R> operation, List<T> items) {
    List<SlotCall<R>> calls = new ArrayList<>(items.size());
    for (T item : items) {
      List<T> one = List.of(item);
      calls.add(
          new SlotCall<>(
              HashSlot.of(keys.record(operation.key().apply(item))),
              operation.script().apply(one),
              answer -> operation.reader().apply(answer, one)));
    }
    return ClusterRun.of(links, witness, calls);
  }
}
