package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Each list of operations is one script, so that every answer is decided on the server, by its
 * clock, in one round trip.
 */
final class ScriptedOperations implements StoreOperations {
  private static final String RECORD = "record.lua";
  private static final String CANARY = "canary.lua";
  private static final RedisScript CLAIM =
      RedisScript.load(ScriptedOperations.class, RECORD, CANARY, "claim.lua");
  private static final RedisScript COMPLETE =
      RedisScript.load(ScriptedOperations.class, RECORD, CANARY, "complete.lua");
  private static final RedisScript EFFECTS =
      RedisScript.load(ScriptedOperations.class, RECORD, CANARY, "effects.lua");
  private static final RedisScript RENEW =
      RedisScript.load(ScriptedOperations.class, RECORD, "renew.lua");
  private static final RedisScript ALONE =
      RedisScript.load(ScriptedOperations.class, RECORD, "alone.lua");
  private static final RedisScript RELEASE =
      RedisScript.load(ScriptedOperations.class, RECORD, "release.lua");
  private static final RedisScript LOOK =
      RedisScript.load(ScriptedOperations.class, CANARY, "look.lua");

  private final RedisLink link;
  private final StoreKeys keys;

  ScriptedOperations(RedisLink link, StoreKeys keys) {
    this.link = link;
    this.keys = keys;
  }

  @Override
  public Future<Claims> claim(List<ClaimRequest> requests) {
    RedisLink.Life life = link.life();
    RedisScript.Call call = CLAIM.call().key(keys.canary()).key(keys.life());
    return link.run(
            life.connection(),
            claiming(call, life.run(), keys, requests),
            answer -> claims(answer, requests))
        .map(
            reply ->
                reply instanceof Reply.Ok<Claims> ok
                    ? ok.value()
                    : new Claims(Sight.NONE, same(reply, requests.size())));
  }

  /** Claims records, and nothing beside them. */
  static RedisScript.Call claiming(StoreKeys keys, List<ClaimRequest> requests) {
    return claiming(CLAIM.call(), "", keys, requests);
  }

  private static RedisScript.Call claiming(
      RedisScript.Call call, String run, StoreKeys keys, List<ClaimRequest> requests) {
    call.arg(StoreKeys.UNFINISHED_RETENTION.toMillis()).arg(run);
    for (ClaimRequest request : requests) {
      call.key(keys.record(request.key()))
          .arg(RecordForm.strings(bytes(request.claimId()), bytes(request.owner())))
          .arg(request.lease().toMillis())
          .arg(RecordForm.strings(StoreKeys.digest(request.payloadHash())));
    }
    return call;
  }

  /** Reads the answer to claims; fails where it is none. */
  static Claims claims(@Nullable Response answer, List<ClaimRequest> requests) {
    if (answer == null || answer.size() != requests.size() + 3) {
      throw new IllegalStateException("an answer of another length");
    }
    long fence = answer.get(2).toLong();
    List<Reply<ClaimAnswer>> replies = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      replies.add(Reply.ok(claimed(requests.get(i), answer.get(i + 3), fence)));
    }
    return new Claims(sight(answer.get(0).toLong(), answer.get(1)), replies);
  }

  @Override
  public Future<Marks> complete(List<Completion> completions) {
    RedisLink.Life life = link.life();
    RedisScript.Call call = COMPLETE.call().key(keys.life());
    return link.run(
            life.connection(),
            marking(call, life.run(), keys, completions),
            answer -> marks(answer, completions))
        .map(
            reply ->
                reply instanceof Reply.Ok<Marks> ok
                    ? ok.value()
                    : new Marks(Sight.NONE, same(reply, completions.size())));
  }

  /** Marks records, and nothing beside them. */
  static RedisScript.Call marking(StoreKeys keys, List<Completion> completions) {
    return marking(COMPLETE.call(), "", keys, completions);
  }

  private static RedisScript.Call marking(
      RedisScript.Call call, String run, StoreKeys keys, List<Completion> completions) {
    call.arg(run);
    for (Completion completion : completions) {
      call.key(keys.record(completion.fence().key()))
          .arg(RecordForm.number(completion.fence().token()))
          .arg(completion.dead() ? 1 : 0)
          .arg(Math.max(completion.retention().toMillis(), 1));
    }
    return call;
  }

  /** Reads the answer to marks; fails where it is none. */
  static Marks marks(@Nullable Response answer, List<Completion> completions) {
    if (answer == null || answer.size() != completions.size() + 1) {
      throw new IllegalStateException("an answer of another length");
    }
    List<Reply<Boolean>> replies = new ArrayList<>(completions.size());
    for (int i = 0; i < completions.size(); i++) {
      replies.add(Reply.ok(answer.get(i + 1).toInteger() == 1));
    }
    return new Marks(sight(0, answer.get(0)), replies);
  }

  /** One script for each message, all of them under way at once. */
  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    RedisLink.Life life = link.life();
    List<Future<Reply<EffectAnswer>>> answers = new ArrayList<>(completions.size());
    for (EffectCompletion completion : completions) {
      RedisScript.Call call =
          EFFECTS.call().key(keys.record(completion.fence().key())).key(keys.life());
      answers.add(
          link.run(
              life.connection(),
              effecting(call, life.run(), completion),
              ScriptedOperations::carriedOut));
    }
    return Future.all(answers).map(all -> answers.stream().map(Future::result).toList());
  }

  /**
   * Carries out effects and marks their record.
   *
   * @param touched the keys of the effects
   */
  static RedisScript.Call effecting(
      StoreKeys keys, EffectCompletion completion, List<Buffer> touched) {
    RedisScript.Call call = EFFECTS.call().key(keys.record(completion.fence().key()));
    touched.forEach(key -> call.key(key.getBytes()));
    return effecting(call, "", completion);
  }

  private static RedisScript.Call effecting(
      RedisScript.Call call, String run, EffectCompletion completion) {
    call.arg(run)
        .arg(completion.fence().token())
        .arg(Math.max(completion.retention().toMillis(), 1))
        .arg(StoreKeys.UNFINISHED_RETENTION.toMillis());
    for (List<Buffer> words : completion.effects().commands()) {
      call.arg(words.size());
      words.forEach(word -> call.arg(word.getBytes()));
    }
    return call;
  }

  /** Reads the answer to effects; fails where it is none. */
  static EffectAnswer carriedOut(@Nullable Response answer) {
    if (answer == null || answer.size() != 2) {
      throw new IllegalStateException("effects answered with " + answer);
    }
    return switch (answer.get(0).toInteger()) {
      case 0 -> EffectAnswer.of(EffectAnswer.Kind.DONE);
      case 1 -> EffectAnswer.of(EffectAnswer.Kind.PASSED);
      case 2 -> new EffectAnswer(EffectAnswer.Kind.REFUSED, answer.get(1).toString());
      case 3 -> new EffectAnswer(EffectAnswer.Kind.BROKEN, answer.get(1).toString());
      default -> throw new IllegalStateException("effects answered with " + answer);
    };
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return run(renewing(keys, fences), fences, ScriptedOperations::yes);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return run(noting(keys, fences), fences, ScriptedOperations::yes);
  }

  /** Prolongs leases. */
  static RedisScript.Call renewing(StoreKeys keys, List<Fence> fences) {
    return ofFences(RENEW, keys, fences);
  }

  /** Notes that messages are about to run alone. */
  static RedisScript.Call noting(StoreKeys keys, List<Fence> fences) {
    return ofFences(ALONE, keys, fences);
  }

  private static RedisScript.Call ofFences(RedisScript script, StoreKeys keys, List<Fence> fences) {
    RedisScript.Call call = script.call().arg(StoreKeys.UNFINISHED_RETENTION.toMillis());
    for (Fence fence : fences) {
      call.key(keys.record(fence.key())).arg(fence.token());
    }
    return call;
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return run(releasing(keys, releases), releases, ScriptedOperations::yes);
  }

  /** Gives claims back. */
  static RedisScript.Call releasing(StoreKeys keys, List<ReleaseRequest> releases) {
    RedisScript.Call call = RELEASE.call().arg(StoreKeys.UNFINISHED_RETENTION.toMillis());
    for (ReleaseRequest release : releases) {
      call.key(keys.record(release.key()))
          .arg(release.claimId())
          .arg(release.token())
          .arg(release.why() == Why.FAILED ? 1 : 0)
          .arg(release.resume() == null ? "" : "=" + release.resume());
    }
    return call;
  }

  @Override
  public Future<Reply<Sight>> look() {
    RedisLink.Life life = link.life();
    return link.run(
        life.connection(),
        looking(keys.canary(), keys.life(), life.run()),
        ScriptedOperations::looked);
  }

  /** Looks at what tells of losses. */
  static RedisScript.Call looking(String canary, String life, String run) {
    return LOOK.call().key(canary).key(life).arg(run);
  }

  /** Reads the answer to a look; fails where it is none. */
  static Sight looked(@Nullable Response answer) {
    if (answer == null || answer.get(0).toLong() <= 0) {
      throw new IllegalStateException("the canary answered with " + answer);
    }
    return sight(answer.get(0).toLong(), answer.get(1));
  }

  private static Sight sight(long since, Response life) {
    return new Sight(
        least(since, life),
        least(life.get(0).toLong(), life),
        least(life.get(1).toLong(), life),
        least(life.get(2).toLong(), life));
  }

  /** Reads the answer about one fence or release; fails where it is none. */
  static boolean yes(@Nullable Response answer) {
    if (answer == null || answer.size() != 1) {
      throw new IllegalStateException("an answer of another length");
    }
    return answer.get(0).toInteger() == 1;
  }

  private <T, R> Future<List<Reply<R>>> run(
      RedisScript.Call call, List<T> items, BiFunction<T, Response, R> reader) {
    return link.run(call, response -> read(response, items, reader))
        .map(reply -> spread(reply, items.size()));
  }

  private static <T, R> List<Reply<R>> read(
      @Nullable Response response, List<T> items, BiFunction<T, Response, R> reader) {
    if (response == null || response.size() != items.size()) {
      throw new IllegalStateException("an answer of another length");
    }
    List<Reply<R>> replies = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      replies.add(Reply.ok(reader.apply(items.get(i), response.get(i))));
    }
    return replies;
  }

  /** A script runs whole or not at all, so what is true of it is true of each of its items. */
  private static <R> List<Reply<R>> spread(Reply<List<Reply<R>>> reply, int size) {
    if (reply instanceof Reply.Ok<List<Reply<R>>> ok) {
      return ok.value();
    }
    return same(reply, size);
  }

  private static <R> List<Reply<R>> same(Reply<?> reply, int size) {
    Throwable cause = Objects.requireNonNull(reply.cause(), "no answer, and no cause");
    Reply<R> each = reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause);
    return Collections.nCopies(size, each);
  }

  /** A key that had no record is answered with one number, and has the fence of the call. */
  private static ClaimAnswer claimed(ClaimRequest request, Response answer, long fence) {
    if (answer.type() == ResponseType.NUMBER && answer.toInteger() == 0) {
      return ClaimAnswer.won(new Fence(request.key(), request.claimId(), fence), 0, 0, "");
    }
    return switch (answer.get(0).toInteger()) {
      case 0 ->
          ClaimAnswer.won(
              new Fence(request.key(), request.claimId(), answer.get(1).toLong()),
              count(answer, 2),
              count(answer, 3),
              answer.get(5).toString());
      case 1 -> ClaimAnswer.of(ClaimAnswer.Kind.DONE);
      case 2 -> ClaimAnswer.of(ClaimAnswer.Kind.DEAD);
      case 3 -> ClaimAnswer.busy(Duration.ofMillis(least(answer.get(4).toLong(), answer)));
      case 4 -> ClaimAnswer.of(ClaimAnswer.Kind.MISMATCH);
      case 5 -> ClaimAnswer.of(ClaimAnswer.Kind.BROKEN);
      default -> throw new IllegalStateException("a claim answered with " + answer);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int count(Response answer, int index) {
    return Math.toIntExact(least(answer.get(index).toLong(), answer));
  }

  private static long least(long number, Response answer) {
    if (number < 0) {
      throw new IllegalStateException("a claim answered with " + answer);
    }
    return number;
  }

  private static boolean yes(Object item, Response answer) {
    return answer.toInteger() == 1;
  }
}
