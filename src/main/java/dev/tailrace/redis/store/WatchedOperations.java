package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.store.StoredRecord.Change;
import dev.tailrace.redis.store.StoredRecord.Moment;
import dev.tailrace.redis.store.Transactions.Decision;
import dev.tailrace.redis.store.Transactions.Seen;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations where we may run no scripts, by {@link Transactions}: of many records each where
 * they are on one server, of one each in a cluster. That is two round trips, one transaction at a
 * time on each server, where scripts are pipelined in one. Belongs to the store's loop.
 */
final class WatchedOperations implements StoreOperations {
  private final Transactions transactions;
  private final StoreKeys keys;
  private final @Nullable String canary;
  private final WatchedEffects effects;

  /**
   * By these transactions.
   *
   * @param canary the key that each looks at, too; null where it is in another slot
   */
  WatchedOperations(Transactions transactions, StoreKeys keys, @Nullable String canary) {
    this.transactions = transactions;
    this.keys = keys;
    this.canary = canary;
    this.effects = new WatchedEffects(transactions, keys);
  }

  /**
   * One thing to be done to one record.
   *
   * @param record where it is
   * @param rule what it comes to
   */
  private record Step<R>(String record, Rule<R> rule) {}

  /** A rule of {@link StoredRecord}. */
  private interface Rule<R> {
    Change<R> apply(@Nullable StoredRecord known, Moment moment);
  }

  /** What transactions came to; a reply for each step, in their order. */
  private record Result<R>(long since, List<Reply<R>> replies) {}

  @Override
  public Future<Claims> claim(List<ClaimRequest> requests) {
    List<Step<ClaimAnswer>> steps = new ArrayList<>(requests.size());
    for (ClaimRequest request : requests) {
      Buffer hash = Buffer.buffer(StoreKeys.digest(request.payloadHash()));
      steps.add(
          new Step<>(
              keys.record(request.key()),
              (known, moment) -> StoredRecord.claim(known, request, hash, moment)));
    }
    return all(steps)
        .map(result -> new Claims(new Sight(result.since(), 0, 0, 0), result.replies()));
  }

  @Override
  public Future<Marks> complete(List<Completion> completions) {
    return each(
            completions,
            completion -> completion.fence().key(),
            completion -> (known, moment) -> StoredRecord.complete(known, completion, moment))
        .map(replies -> new Marks(Sight.NONE, replies));
  }

  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    return effects.carryOut(completions);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return each(
        fences, Fence::key, fence -> (known, moment) -> StoredRecord.renew(known, fence, moment));
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return each(
        fences, Fence::key, fence -> (known, moment) -> StoredRecord.alone(known, fence, moment));
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return each(
        releases,
        ReleaseRequest::key,
        release -> (known, moment) -> StoredRecord.release(known, release, moment));
  }

  /**
   * The server's life is written here alone, once a second: all transactions would be in each
   * other's way, if each wrote it.
   */
  @Override
  public Future<Reply<Sight>> look() {
    String canaryKey = keys.canary();
    String life = keys.life();
    return transactions.run(List.of(canaryKey, life), seen -> looking(canaryKey, life, seen));
  }

  /** Looks at what tells of losses, and writes down that it did. */
  static Decision<Sight> looking(String canary, String life, Seen seen) {
    Reply<ServerLife> read = ServerLife.of(seen, canary, life);
    return read instanceof Reply.Ok<ServerLife> ok
        ? Decision.write(ok.value().writes(canary, life), ok.value().sight())
        : Decision.keep(same(read));
  }

  private <T> Future<List<Reply<Boolean>>> each(
      List<T> items, Function<T, String> key, Function<T, Rule<Boolean>> rule) {
    List<Step<Boolean>> steps = new ArrayList<>(items.size());
    items.forEach(item -> steps.add(new Step<>(keys.record(key.apply(item)), rule.apply(item))));
    return all(steps).map(Result::replies);
  }

  /** In transactions of a bounded size. */
  private <R> Future<Result<R>> all(List<Step<R>> steps) {
    int most = transactions.mostRecords();
    List<List<Step<R>>> parts = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += most) {
      parts.add(steps.subList(from, Math.min(steps.size(), from + most)));
    }
    List<Future<Reply<Result<R>>>> results = parts.stream().map(this::transaction).toList();
    return Future.all(results)
        .map(
            all -> {
              List<Reply<R>> replies = new ArrayList<>(steps.size());
              long since = 0;
              for (int i = 0; i < parts.size(); i++) {
                Reply<Result<R>> result = results.get(i).result();
                if (result instanceof Reply.Ok<Result<R>> ok) {
                  replies.addAll(ok.value().replies());
                  since = ok.value().since(); // as the last one saw it
                } else {
                  parts.get(i).forEach(step -> replies.add(same(result)));
                }
              }
              return new Result<>(since, replies);
            });
  }

  private <R> Future<Reply<Result<R>>> transaction(List<Step<R>> steps) {
    List<String> watched = new ArrayList<>(steps.size() + 1);
    if (canary != null) {
      watched.add(canary);
    }
    steps.stream().map(Step::record).distinct().forEach(watched::add);
    return transactions.run(watched, seen -> decide(steps, seen));
  }

  /** What is to be written. */
  private record Write(StoredRecord record, long keepMillis) {}

  /** What steps come to, one after the other, on what was seen. */
  private <R> Decision<Result<R>> decide(List<Step<R>> steps, Seen seen) {
    Reply<Long> held =
        canary == null ? Reply.ok(0L) : Answers.read(seen.value(canary), ServerLife::moment);
    if (!(held instanceof Reply.Ok<Long> since)) {
      return Decision.keep(same(held));
    }
    Map<String, Write> changes = new LinkedHashMap<>();
    List<Reply<R>> replies = new ArrayList<>(steps.size());
    for (Step<R> step : steps) {
      Reply<@Nullable StoredRecord> read = seen.record(step.record());
      if (!(read instanceof Reply.Ok<@Nullable StoredRecord> ok)) {
        replies.add(same(read));
        continue;
      }
      Write before = changes.get(step.record());
      StoredRecord known = before == null ? ok.value() : before.record();
      Change<R> change = step.rule().apply(known, seen.moment());
      if (change.record() != null) {
        changes.put(step.record(), new Write(change.record(), change.keepMillis()));
      }
      replies.add(Reply.ok(change.answer()));
    }
    List<Request> writes = new ArrayList<>(changes.size() + 1);
    boolean isNew = canary != null && since.value() == 0;
    if (isNew) {
      writes.add(Request.cmd(Command.SET).arg(canary).arg(seen.micros()));
    }
    changes.forEach((record, change) -> writes.add(set(record, change.record, change.keepMillis)));
    Result<R> result = new Result<>(isNew ? seen.micros() : since.value(), replies);
    return writes.isEmpty() ? Decision.keep(Reply.ok(result)) : Decision.write(writes, result);
  }

  /** Writes a record. */
  static Request set(String key, StoredRecord record, long keepMillis) {
    return Request.cmd(Command.SET).arg(key).arg(record.packed()).arg("PX").arg(keepMillis);
  }

  /** Another's failure as ours. */
  static <R> Reply<R> same(Reply<?> reply) {
    Throwable cause = Objects.requireNonNull(reply.cause(), "no answer, and no cause");
    return reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause);
  }
}
