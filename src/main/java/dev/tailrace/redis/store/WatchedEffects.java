package dev.tailrace.redis.store;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.EffectAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
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
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Effects on a server that lets us run no scripts: the record is watched and read, and where the
 * claim is held, mark and commands are one transaction. Belongs to the store's loop.
 *
 * <p>What can be refused before a transaction is carried out makes it do nothing. What is refused
 * within leaves the mark and the other commands as they are, so that the mark is corrected
 * afterwards: while that is owed, an answer is owed, too. Only a process that dies in between
 * leaves a key done of which a command was refused.
 */
final class WatchedEffects {
  /** What belongs to the connection, or begins or ends a transaction; no script may run it. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "ASKING",
          "AUTH",
          "CLIENT",
          "DISCARD",
          "EXEC",
          "HELLO",
          "MONITOR",
          "MULTI",
          "PSUBSCRIBE",
          "PSYNC",
          "PUNSUBSCRIBE",
          "QUIT",
          "READONLY",
          "READWRITE",
          "REPLCONF",
          "RESET",
          "SELECT",
          "SSUBSCRIBE",
          "SUBSCRIBE",
          "SUNSUBSCRIBE",
          "SYNC",
          "UNSUBSCRIBE",
          "UNWATCH",
          "WATCH");

  /** Corrections whose answers were lost; whoever asks for the effect again has it made first. */
  private static final int MOST_OWED = 1_000;

  private final Transactions transactions;
  private final StoreKeys keys;
  private final Map<Fence, Correction> owed = new LinkedHashMap<>(); // event loop only

  WatchedEffects(Transactions transactions, StoreKeys keys) {
    this.transactions = transactions;
    this.keys = keys;
  }

  /**
   * What became of a transaction that was carried out, or refused as a whole.
   *
   * @param carriedOut how many of the commands
   * @param error of the first that was refused, or ""
   */
  private record Executed(boolean marked, int carriedOut, String error) {}

  /** What was found or done: an answer, or a mark that must be corrected before there is one. */
  private record Step(EffectAnswer answer, @Nullable Correction correction) {
    static Step of(EffectAnswer answer) {
      return new Step(answer, null);
    }
  }

  /**
   * A mark that is not true.
   *
   * @param record what takes its place
   */
  private record Correction(StoredRecord record, long keepMillis, EffectAnswer answer) {}

  /** Carries out each. */
  Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    List<Future<Reply<EffectAnswer>>> answers = completions.stream().map(this::carryOut).toList();
    return Future.all(answers).map(all -> answers.stream().map(Future::result).toList());
  }

  private Future<Reply<EffectAnswer>> carryOut(EffectCompletion completion) {
    for (List<Buffer> words : completion.effects().commands()) {
      String name = words.get(0).toString().toUpperCase(Locale.ROOT);
      if (OF_THE_CONNECTION.contains(name)) {
        return answer(new EffectAnswer(Kind.REFUSED, name + " is no effect"));
      }
    }
    Fence fence = completion.fence();
    Correction correction = owed.get(fence);
    if (correction != null) {
      return correct(fence, correction);
    }
    String record = keys.record(fence.key());
    return transactions
        .run(List.of(record), seen -> decide(completion, record, seen))
        .compose(
            reply -> {
              if (!(reply instanceof Reply.Ok<Step> ok)) {
                return Future.succeededFuture(WatchedOperations.same(reply));
              }
              Correction wrong = ok.value().correction();
              return wrong == null ? answer(ok.value().answer()) : owe(fence, wrong);
            });
  }

  private static Future<Reply<EffectAnswer>> answer(EffectAnswer answer) {
    return Future.succeededFuture(Reply.ok(answer));
  }

  private static Decision<Step> decide(EffectCompletion completion, String record, Seen seen) {
    Fence fence = completion.fence();
    Reply<@Nullable StoredRecord> read = seen.record(record);
    if (!(read instanceof Reply.Ok<@Nullable StoredRecord> ok)) {
      return Decision.keep(WatchedOperations.same(read));
    }
    StoredRecord known = ok.value();
    EffectAnswer before = StoredRecord.carriedOut(known, fence);
    if (known == null || before != null) {
      EffectAnswer answer = before == null ? EffectAnswer.of(Kind.PASSED) : before;
      return Decision.keep(Reply.ok(Step.of(answer)));
    }
    Completion mark = new Completion(fence, false, completion.retention());
    Change<Boolean> done = StoredRecord.complete(known, mark, seen.moment());
    List<Request> writes = new ArrayList<>();
    writes.add(
        WatchedOperations.set(record, Objects.requireNonNull(done.record()), done.keepMillis()));
    for (List<Buffer> words : completion.effects().commands()) {
      Request request = Request.cmd(Command.create(words.get(0).toString()));
      words.subList(1, words.size()).forEach(request::arg);
      writes.add(request);
    }
    return new Decision<>(
        writes,
        answers ->
            executed(answers, executed -> carriedOut(completion, seen.moment(), known, executed)),
        null);
  }

  private static Step carriedOut(
      EffectCompletion completion, Moment moment, StoredRecord claimed, Executed executed) {
    if (executed.error.isEmpty()) {
      return Step.of(EffectAnswer.of(Kind.DONE));
    }
    EffectAnswer refused = new EffectAnswer(Kind.REFUSED, executed.error);
    if (!executed.marked) {
      return Step.of(refused);
    }
    if (executed.carriedOut == 0) {
      return new Step(refused, new Correction(claimed, moment.keepHeld(claimed.lease()), refused));
    }
    EffectAnswer broken = new EffectAnswer(Kind.BROKEN, executed.error);
    long keep = Math.max(completion.retention().toMillis(), 1);
    StoredRecord record = claimed.broken(executed.error, moment);
    return new Step(broken, new Correction(record, keep, broken));
  }

  private Future<Reply<EffectAnswer>> owe(Fence fence, Correction correction) {
    owed.put(fence, correction);
    if (owed.size() > MOST_OWED) {
      Iterator<Fence> oldest = owed.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return correct(fence, correction);
  }

  /** Puts what is true in the place of the mark, where that still stands. */
  private Future<Reply<EffectAnswer>> correct(Fence fence, Correction correction) {
    String record = keys.record(fence.key());
    return transactions
        .run(
            List.of(record),
            seen -> {
              Reply<@Nullable StoredRecord> read = seen.record(record);
              if (!(read instanceof Reply.Ok<@Nullable StoredRecord> ok)) {
                return Decision.keep(WatchedOperations.same(read));
              }
              EffectAnswer mark = StoredRecord.carriedOut(ok.value(), fence);
              Kind wrong = mark == null ? Kind.REFUSED : mark.kind(); // as it stands
              if (wrong == correction.answer.kind() || wrong == Kind.PASSED) {
                return Decision.keep(Reply.ok(correction.answer)); // made before, its answer lost
              }
              return Decision.write(
                  List.of(WatchedOperations.set(record, correction.record, correction.keepMillis)),
                  correction.answer);
            })
        .onSuccess(
            reply -> {
              if (reply.isOk()) {
                owed.remove(fence);
              }
            });
  }

  /**
   * Of MULTI, the mark, the commands and EXEC; empty where somebody else was faster. Where MULTI
   * was refused, each was carried out by itself.
   */
  private static Reply<Optional<Step>> executed(Answers answers, Function<Executed, Step> step) {
    List<Reply<@Nullable Response>> replies = answers.replies();
    List<String> errors = new ArrayList<>();
    replies.forEach(reply -> error(reply.cause(), errors));
    if (!replies.get(0).isOk()) {
      long alone = replies.subList(2, replies.size() - 1).stream().filter(Reply::isOk).count();
      return Reply.ok(Optional.of(step.apply(new Executed(true, (int) alone, errors.get(0)))));
    }
    if (!answers.last().isOk()) { // not carried out, mostly since a command was refused
      return Reply.ok(Optional.of(step.apply(new Executed(false, 0, errors.get(0)))));
    }
    return Answers.read(
        answers.last(),
        results ->
            results == null
                ? Optional.empty()
                : Optional.of(step.apply(executed(results, errors))));
  }

  private static Executed executed(Response results, List<String> errors) {
    int carriedOut = -1; // the mark, too
    for (Response result : results) {
      if (result != null && result.type() == ResponseType.ERROR) {
        errors.add(result.toString());
      } else {
        carriedOut++;
      }
    }
    return new Executed(true, carriedOut, errors.isEmpty() ? "" : errors.get(0));
  }

  private static void error(@Nullable Throwable cause, List<String> errors) {
    if (cause != null) {
      errors.add(String.valueOf(cause.getMessage()));
    }
  }
}
