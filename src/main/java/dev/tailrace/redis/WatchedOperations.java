package dev.tailrace.redis;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.PendingCommands.Answers;
import dev.tailrace.redis.StoredRecord.Change;
import dev.tailrace.redis.StoredRecord.Moment;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a server that lets us run no scripts: what they need is watched and read, the
 * decision is made here, and written by a transaction that does nothing where anybody else wrote
 * any of it meanwhile; then all begins anew. Belongs to the store's loop.
 *
 * <p>A watch belongs to the connection and ends with the next transaction on it, so one transaction
 * is under way at a time, in two round trips, where scripts are pipelined in one.
 */
final class WatchedOperations implements StoreOperations {
  /** Keys of one transaction. */
  private static final int MOST_KEYS = 200;

  /** Tries at one transaction; each that is lost was won by somebody else. */
  private static final int MOST_TRIES = 100;

  private final RedisLink link;
  private final StoreKeys keys;
  private final Turns turns;
  private final WatchedEffects effects;

  WatchedOperations(RedisLink link, Loop loop, StoreKeys keys) {
    this.link = link;
    this.keys = keys;
    this.turns = new Turns(loop);
    this.effects = new WatchedEffects(link, keys, turns);
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

  /** What was read before a decision. */
  private record Seen(
      int connection,
      long micros,
      long since,
      Map<String, Reply<@Nullable StoredRecord>> records) {}

  /** What transactions came to. */
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
    return turns.take(() -> look(MOST_TRIES));
  }

  private Future<Reply<Sight>> look(int tries) {
    if (tries == 0) {
      return Future.succeededFuture(contended());
    }
    RedisLink.Life life = link.life();
    List<Request> requests =
        List.of(
            Request.cmd(Command.WATCH).arg(keys.canary()).arg(keys.life()),
            Request.cmd(Command.GET).arg(keys.canary()),
            Request.cmd(Command.GET).arg(keys.life()),
            Request.cmd(Command.TIME));
    return link.sendTogether(
            life.connection(), requests, answers -> ServerLife.of(life.run(), answers))
        .compose(
            read -> {
              if (!(read instanceof Reply.Ok<ServerLife> ok)) {
                return Future.succeededFuture(same(read));
              }
              ServerLife seen = ok.value();
              return link.sendTogether(
                      seen.connection(), seen.writes(keys), WatchedOperations::executed)
                  .compose(
                      written -> {
                        if (!(written instanceof Reply.Ok<Boolean> done)) {
                          return Future.succeededFuture(same(written));
                        }
                        return done.value()
                            ? Future.succeededFuture(Reply.ok(seen.sight()))
                            : look(tries - 1);
                      });
            });
  }

  private <T> Future<List<Reply<Boolean>>> each(
      List<T> items, Function<T, String> key, Function<T, Rule<Boolean>> rule) {
    List<Step<Boolean>> steps = new ArrayList<>(items.size());
    items.forEach(item -> steps.add(new Step<>(keys.record(key.apply(item)), rule.apply(item))));
    return all(steps).map(Result::replies);
  }

  /** In transactions of a bounded size, one after the other. */
  private <R> Future<Result<R>> all(List<Step<R>> steps) {
    List<Reply<R>> replies = new ArrayList<>(steps.size());
    return from(0, steps, new Result<>(0, replies));
  }

  private <R> Future<Result<R>> from(int begin, List<Step<R>> steps, Result<R> sofar) {
    if (begin == steps.size()) {
      return Future.succeededFuture(sofar);
    }
    int end = Math.min(steps.size(), begin + MOST_KEYS);
    List<Step<R>> part = steps.subList(begin, end);
    return transaction(part)
        .compose(
            reply -> {
              long since = sofar.since();
              if (reply instanceof Reply.Ok<Result<R>> ok) {
                sofar.replies().addAll(ok.value().replies());
                since = ok.value().since();
              } else {
                part.forEach(step -> sofar.replies().add(same(reply)));
              }
              return from(end, steps, new Result<>(since, sofar.replies()));
            });
  }

  /** When its turn comes, and again while others are faster. */
  private <R> Future<Reply<Result<R>>> transaction(List<Step<R>> steps) {
    return turns.take(() -> attempt(steps, MOST_TRIES));
  }

  private <R> Future<Reply<Result<R>>> attempt(List<Step<R>> steps, int tries) {
    if (tries == 0) {
      return Future.succeededFuture(contended());
    }
    return read(steps)
        .compose(
            read -> {
              if (!(read instanceof Reply.Ok<Seen> seen)) {
                return Future.succeededFuture(same(read));
              }
              Decision<R> decision = Decision.of(steps, seen.value());
              return write(seen.value(), decision)
                  .compose(
                      written -> {
                        if (!(written instanceof Reply.Ok<Boolean> done)) {
                          return Future.succeededFuture(same(written));
                        }
                        return done.value()
                            ? Future.succeededFuture(Reply.ok(decision.result()))
                            : attempt(steps, tries - 1);
                      });
            });
  }

  /** Tried too often. */
  static <R> Reply<R> contended() {
    return Reply.unknown(new IllegalStateException("others write the same keys all the time"));
  }

  /** The time is asked for last: what had run out by then had run out when it was read. */
  private <R> Future<Reply<Seen>> read(List<Step<R>> steps) {
    List<String> records = steps.stream().map(Step::record).distinct().toList();
    Request watch = Request.cmd(Command.WATCH).arg(keys.canary());
    records.forEach(watch::arg);
    List<Request> requests = new ArrayList<>(records.size() + 3);
    requests.add(watch);
    requests.add(Request.cmd(Command.GET).arg(keys.canary()));
    records.forEach(record -> requests.add(Request.cmd(Command.GET).arg(record)));
    requests.add(Request.cmd(Command.TIME));
    return link.sendTogether(requests, answers -> seen(records, answers));
  }

  private static Reply<Seen> seen(List<String> records, Answers answers) {
    List<Reply<@Nullable Response>> replies = answers.replies();
    Reply<@Nullable Response> canary = replies.get(1);
    Reply<@Nullable Response> time = replies.get(replies.size() - 1);
    for (Reply<@Nullable Response> needed : List.of(replies.get(0), canary, time)) {
      if (!needed.isOk()) {
        return same(needed);
      }
    }
    Map<String, Reply<@Nullable StoredRecord>> found = new HashMap<>();
    for (int i = 0; i < records.size(); i++) {
      found.put(
          records.get(i),
          Answers.read(
              replies.get(i + 2),
              packed -> StoredRecord.read(packed == null ? null : packed.toBytes())));
    }
    return Reply.ok(
        new Seen(
            answers.connection(),
            Answers.value(time, ServerLife::micros),
            Answers.value(canary, ServerLife::moment),
            found));
  }

  /** Writes what was decided; false where somebody else has written any of it meanwhile. */
  private Future<Reply<Boolean>> write(Seen seen, Decision<?> decision) {
    if (decision.writes().isEmpty() && seen.since() != 0) {
      Future<?> unused =
          link.sendTogether(
              seen.connection(), List.of(Request.cmd(Command.UNWATCH)), any -> Reply.ok(true));
      return Future.succeededFuture(Reply.ok(true));
    }
    List<Request> requests = new ArrayList<>();
    requests.add(Request.cmd(Command.MULTI));
    if (seen.since() == 0) {
      requests.add(Request.cmd(Command.SET).arg(keys.canary()).arg(seen.micros()));
    }
    decision
        .writes()
        .forEach(
            (record, change) ->
                requests.add(
                    Request.cmd(Command.SET)
                        .arg(record)
                        .arg(change.record().packed())
                        .arg("PX")
                        .arg(change.keepMillis())));
    requests.add(Request.cmd(Command.EXEC));
    return link.sendTogether(seen.connection(), requests, WatchedOperations::executed);
  }

  /** All of it, or nothing: what is refused before EXEC makes that refuse, too. */
  private static Reply<Boolean> executed(Answers answers) {
    for (Reply<@Nullable Response> reply : answers.replies()) {
      if (!reply.isOk()) {
        return same(reply);
      }
    }
    return Answers.read(answers.last(), WatchedOperations::isExecuted);
  }

  private static boolean isExecuted(@Nullable Response executed) {
    if (executed == null) {
      return false;
    }
    for (Response each : executed) {
      if (each != null && each.type() == ResponseType.ERROR) {
        throw new IllegalStateException("within a transaction: " + each);
      }
    }
    return true;
  }

  /** Another's failure as ours. */
  static <R> Reply<R> same(Reply<?> reply) {
    Throwable cause = Objects.requireNonNull(reply.cause(), "no answer, and no cause");
    return reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause);
  }

  /** What is to be written. */
  private record Write(StoredRecord record, long keepMillis) {}

  /**
   * What steps come to, one after the other, on what was seen.
   *
   * @param writes by their keys
   */
  private record Decision<R>(Map<String, Write> writes, Result<R> result) {
    static <R> Decision<R> of(List<Step<R>> steps, Seen seen) {
      Moment moment = new Moment(seen.micros(), StoreKeys.UNFINISHED_RETENTION.toMillis());
      Map<String, Write> writes = new LinkedHashMap<>();
      List<Reply<R>> replies = new ArrayList<>(steps.size());
      for (Step<R> step : steps) {
        Reply<@Nullable StoredRecord> read =
            Objects.requireNonNull(seen.records().get(step.record()));
        if (!(read instanceof Reply.Ok<@Nullable StoredRecord> ok)) {
          replies.add(same(read));
          continue;
        }
        Write before = writes.get(step.record());
        Change<R> change = step.rule().apply(before == null ? ok.value() : before.record(), moment);
        if (change.record() != null) {
          writes.put(step.record(), new Write(change.record(), change.keepMillis()));
        }
        replies.add(Reply.ok(change.answer()));
      }
      long since = seen.since() == 0 ? seen.micros() : seen.since();
      return new Decision<>(writes, new Result<>(since, replies));
    }
  }
}
