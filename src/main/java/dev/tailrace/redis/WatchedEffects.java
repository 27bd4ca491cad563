package dev.tailrace.redis;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.EffectAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.PendingCommands.Answers;
import dev.tailrace.redis.StoredRecord.Change;
import dev.tailrace.redis.StoredRecord.Moment;
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

  /** Tries at one transaction; each that is lost was won by somebody else. */
  private static final int MOST_TRIES = 100;

  /** Corrections whose answers were lost; whoever asks for the effect again has it made first. */
  private static final int MOST_OWED = 1_000;

  private final RedisLink link;
  private final StoreKeys keys;
  private final Turns turns;
  private final Map<Fence, Correction> owed = new LinkedHashMap<>(); // event loop only

  WatchedEffects(RedisLink link, StoreKeys keys, Turns turns) {
    this.link = link;
    this.keys = keys;
    this.turns = turns;
  }

  /** What was read before a decision. */
  private record Seen(int connection, Moment moment, @Nullable StoredRecord record) {}

  /**
   * What became of a transaction.
   *
   * @param carriedOut how many of the commands
   * @param error of the first that was refused, or ""
   */
  private record Executed(End end, int carriedOut, String error) {}

  /** How a transaction ended. */
  private enum End {
    CARRIED_OUT,
    REFUSED,
    LOST
  }

  /**
   * A mark that is not true.
   *
   * @param record what takes its place
   */
  private record Correction(StoredRecord record, long keepMillis, EffectAnswer answer) {}

  /** Carries out each, one after the other. */
  Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    List<Future<Reply<EffectAnswer>>> answers = new ArrayList<>(completions.size());
    for (EffectCompletion completion : completions) {
      answers.add(turns.take(() -> carryOut(completion)));
    }
    return Future.all(answers).map(all -> answers.stream().map(Future::result).toList());
  }

  private Future<Reply<EffectAnswer>> carryOut(EffectCompletion completion) {
    for (List<Buffer> words : completion.effects().commands()) {
      String name = words.get(0).toString().toUpperCase(Locale.ROOT);
      if (OF_THE_CONNECTION.contains(name)) {
        return answer(new EffectAnswer(Kind.REFUSED, name + " is no effect"));
      }
    }
    Correction correction = owed.get(completion.fence());
    return correction == null
        ? attempt(completion, MOST_TRIES)
        : correct(completion.fence(), correction, MOST_TRIES);
  }

  private static Future<Reply<EffectAnswer>> answer(EffectAnswer answer) {
    return Future.succeededFuture(Reply.ok(answer));
  }

  private Future<Reply<EffectAnswer>> attempt(EffectCompletion completion, int tries) {
    if (tries == 0) {
      return Future.succeededFuture(WatchedOperations.contended());
    }
    Fence fence = completion.fence();
    return read(
        fence,
        seen -> {
          StoredRecord known = seen.record;
          EffectAnswer before = StoredRecord.carriedOut(known, fence);
          if (known == null || before != null) {
            unwatch(seen);
            return answer(before == null ? EffectAnswer.of(Kind.PASSED) : before);
          }
          return executed(
              write(seen, completion),
              executed ->
                  switch (executed.end) {
                    case LOST -> attempt(completion, tries - 1);
                    case REFUSED -> answer(new EffectAnswer(Kind.REFUSED, executed.error));
                    case CARRIED_OUT -> carriedOut(completion, seen.moment, known, executed);
                  });
        });
  }

  private Future<Reply<Executed>> write(Seen seen, EffectCompletion completion) {
    Completion mark = new Completion(completion.fence(), false, completion.retention());
    Change<Boolean> done = StoredRecord.complete(seen.record, mark, seen.moment);
    List<Request> requests = new ArrayList<>();
    requests.add(Request.cmd(Command.MULTI));
    requests.add(set(completion.fence(), done.record(), done.keepMillis()));
    for (List<Buffer> words : completion.effects().commands()) {
      Request request = Request.cmd(Command.create(words.get(0).toString()));
      words.subList(1, words.size()).forEach(request::arg);
      requests.add(request);
    }
    requests.add(Request.cmd(Command.EXEC));
    return link.sendTogether(seen.connection, requests, WatchedEffects::executed);
  }

  private Future<Reply<EffectAnswer>> carriedOut(
      EffectCompletion completion, Moment moment, StoredRecord claimed, Executed executed) {
    if (executed.error.isEmpty()) {
      return answer(EffectAnswer.of(Kind.DONE));
    }
    Correction correction =
        executed.carriedOut == 0
            ? new Correction(
                claimed,
                moment.keepHeld(claimed.lease()),
                new EffectAnswer(Kind.REFUSED, executed.error))
            : new Correction(
                claimed.broken(executed.error, moment),
                Math.max(completion.retention().toMillis(), 1),
                new EffectAnswer(Kind.BROKEN, executed.error));
    owed.put(completion.fence(), correction);
    if (owed.size() > MOST_OWED) {
      Iterator<Fence> oldest = owed.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return correct(completion.fence(), correction, MOST_TRIES);
  }

  /** Puts what is true in the place of the mark, where that still stands. */
  private Future<Reply<EffectAnswer>> correct(Fence fence, Correction correction, int tries) {
    if (tries == 0) {
      return Future.succeededFuture(WatchedOperations.contended());
    }
    return read(
        fence,
        seen -> {
          EffectAnswer mark = StoredRecord.carriedOut(seen.record, fence);
          Kind wrong = mark == null ? Kind.REFUSED : mark.kind(); // as it stands
          if (wrong == correction.answer.kind() || wrong == Kind.PASSED) {
            unwatch(seen); // it was made before, and its answer lost
            owed.remove(fence);
            return answer(correction.answer);
          }
          List<Request> requests =
              List.of(
                  Request.cmd(Command.MULTI),
                  set(fence, correction.record, correction.keepMillis),
                  Request.cmd(Command.EXEC));
          return executed(
              link.sendTogether(seen.connection, requests, WatchedEffects::executed),
              executed -> {
                if (executed.end != End.CARRIED_OUT) {
                  return correct(fence, correction, tries - 1);
                }
                owed.remove(fence);
                return answer(correction.answer);
              });
        });
  }

  private Request set(Fence fence, @Nullable StoredRecord record, long keepMillis) {
    if (record == null) {
      throw new IllegalStateException("nothing to write for " + fence.key());
    }
    return Request.cmd(Command.SET)
        .arg(keys.record(fence.key()))
        .arg(record.packed())
        .arg("PX")
        .arg(keepMillis);
  }

  private Future<Reply<EffectAnswer>> read(
      Fence fence, Function<Seen, Future<Reply<EffectAnswer>>> then) {
    String record = keys.record(fence.key());
    List<Request> requests =
        List.of(
            Request.cmd(Command.WATCH).arg(record),
            Request.cmd(Command.GET).arg(record),
            Request.cmd(Command.TIME));
    return executed(link.sendTogether(requests, WatchedEffects::seen), then);
  }

  private static <T> Future<Reply<EffectAnswer>> executed(
      Future<Reply<T>> sent, Function<T, Future<Reply<EffectAnswer>>> then) {
    return sent.compose(
        reply ->
            reply instanceof Reply.Ok<T> ok
                ? then.apply(ok.value())
                : Future.succeededFuture(WatchedOperations.same(reply)));
  }

  private void unwatch(Seen seen) {
    Future<?> unused =
        link.sendTogether(
            seen.connection, List.of(Request.cmd(Command.UNWATCH)), any -> Reply.ok(true));
  }

  private static Reply<Seen> seen(Answers answers) {
    for (Reply<@Nullable Response> reply : answers.replies()) {
      if (!reply.isOk()) {
        return WatchedOperations.same(reply);
      }
    }
    long micros = Answers.value(answers.last(), ServerLife::micros);
    Moment moment = new Moment(micros, StoreKeys.UNFINISHED_RETENTION.toMillis());
    return Answers.read(
        answers.replies().get(1),
        packed ->
            new Seen(
                answers.connection(),
                moment,
                StoredRecord.read(packed == null ? null : packed.toBytes())));
  }

  /**
   * Of MULTI, the mark, the commands and EXEC. Where MULTI was refused, each was carried out by
   * itself.
   */
  private static Reply<Executed> executed(Answers answers) {
    List<Reply<@Nullable Response>> replies = answers.replies();
    List<String> errors = new ArrayList<>();
    replies.forEach(reply -> error(reply.cause(), errors));
    if (!replies.get(0).isOk()) {
      long alone = replies.subList(2, replies.size() - 1).stream().filter(Reply::isOk).count();
      return Reply.ok(new Executed(End.CARRIED_OUT, (int) alone, errors.get(0)));
    }
    if (!answers.last().isOk()) { // not carried out, mostly since a command was refused
      return Reply.ok(new Executed(End.REFUSED, 0, errors.get(0)));
    }
    return Answers.read(answers.last(), results -> executed(results, errors));
  }

  private static Executed executed(@Nullable Response results, List<String> errors) {
    if (results == null) {
      return new Executed(End.LOST, 0, "");
    }
    int carriedOut = -1; // the mark, too
    for (Response result : results) {
      if (result != null && result.type() == ResponseType.ERROR) {
        errors.add(result.toString());
      } else {
        carriedOut++;
      }
    }
    return new Executed(End.CARRIED_OUT, carriedOut, errors.isEmpty() ? "" : errors.get(0));
  }

  private static void error(@Nullable Throwable cause, List<String> errors) {
    if (cause != null) {
      errors.add(String.valueOf(cause.getMessage()));
    }
  }
}
