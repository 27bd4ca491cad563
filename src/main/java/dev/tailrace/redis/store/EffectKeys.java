package dev.tailrace.redis.store;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which keys effects touch, as a server of the cluster tells, which alone knows all commands: a
 * cluster carries out effects and mark together only where all of that is in one slot. Belongs to
 * the store's loop.
 */
final class EffectKeys {
  /** Questions in one pipeline. */
  private static final int MOST_TOGETHER = 200;

  private final ClusterLinks links;
  private final StoreKeys keys;

  EffectKeys(ClusterLinks links, StoreKeys keys) {
    this.links = links;
    this.keys = keys;
  }

  /**
   * Effects that can be carried out.
   *
   * @param slot of the record, and of all that they touch
   * @param keys that they touch, each once
   */
  record Located(EffectCompletion completion, int slot, List<Buffer> keys) {}

  /** Where effects are, or why they are nowhere. */
  private record Found(@Nullable Located located, @Nullable Reply<EffectAnswer> refusal) {}

  /**
   * Has those carried out that can be, and refuses the others, by name of what they touch; one
   * reply for each, in their order.
   *
   * @param carryOut given those that can be; one reply for each, in their order
   */
  Future<List<Reply<EffectAnswer>>> carryOut(
      List<EffectCompletion> completions,
      Function<List<Located>, Future<List<Reply<EffectAnswer>>>> carryOut) {
    List<Future<Found>> asked = completions.stream().map(this::find).toList();
    return Future.all(asked)
        .compose(
            all -> {
              List<Found> found = asked.stream().map(Future::result).toList();
              List<Located> located =
                  found.stream().map(Found::located).filter(Objects::nonNull).toList();
              return carryOut.apply(located).map(replies -> merged(found, replies.iterator()));
            });
  }

  private static List<Reply<EffectAnswer>> merged(
      List<Found> found, Iterator<Reply<EffectAnswer>> carriedOut) {
    return found.stream()
        .map(each -> each.refusal() == null ? carriedOut.next() : each.refusal())
        .toList();
  }

  /** Asks the server that has the record. */
  private Future<Found> find(EffectCompletion completion) {
    String record = keys.record(completion.fence().key());
    int slot = HashSlot.of(record);
    String owner = links.owner(slot);
    RedisLink link = owner == null ? null : links.link(owner);
    if (link == null) {
      links.doubt();
      return Future.succeededFuture(nowhere(Reply.failed(links.nobodyHas(slot))));
    }
    List<Request> questions = new ArrayList<>();
    for (List<Buffer> words : completion.effects().commands()) {
      if (words.size() == 1) {
        continue; // no key, and some servers do not take the question
      }
      Request question = Request.cmd(Command.COMMAND).arg("GETKEYS");
      words.forEach(question::arg);
      questions.add(question);
    }
    List<Future<Reply<Answers>>> parts = new ArrayList<>();
    for (int from = 0; from < questions.size(); from += MOST_TOGETHER) {
      int to = Math.min(questions.size(), from + MOST_TOGETHER);
      parts.add(link.sendTogether(questions.subList(from, to), Reply::ok));
    }
    return Future.all(parts)
        .map(all -> found(completion, record, slot, parts.stream().map(Future::result).toList()));
  }

  private static Found found(
      EffectCompletion completion, String record, int slot, List<Reply<Answers>> parts) {
    Set<Buffer> touched = new LinkedHashSet<>();
    for (Reply<Answers> part : parts) {
      if (!(part instanceof Reply.Ok<Answers> ok)) {
        return nowhere(WatchedOperations.same(part));
      }
      for (Reply<@Nullable Response> answer : ok.value().replies()) {
        if (answer instanceof Reply.Failed<@Nullable Response> refusal) {
          if (ServerError.isForbidden(refusal.cause())) {
            return refused(String.valueOf(refusal.cause().getMessage()));
          }
          if (!isOfNone(refusal.cause())) {
            return nowhere(Reply.failed(refusal.cause()));
          }
        } else {
          touched.addAll(Answers.value(answer, EffectKeys::read));
        }
      }
    }
    for (Buffer key : touched) {
      if (HashSlot.of(key.getBytes()) != slot) {
        return refused(elsewhere(key, record, slot));
      }
    }
    Located located = new Located(completion, slot, List.copyOf(touched));
    return new Found(located, null);
  }

  /** It touches no key, or is no command that can be carried out, as trying will show. */
  private static boolean isOfNone(Throwable refusal) {
    return ServerError.is(refusal, "ERR The command has no key")
        || ServerError.is(refusal, "ERR Invalid");
  }

  private static List<Buffer> read(@Nullable Response answer) {
    List<Buffer> touched = new ArrayList<>();
    if (answer != null) {
      answer.forEach(key -> touched.add(key.toBuffer()));
    }
    return touched;
  }

  private static Found refused(String why) {
    return nowhere(Reply.ok(new EffectAnswer(EffectAnswer.Kind.REFUSED, why)));
  }

  private static Found nowhere(Reply<EffectAnswer> refusal) {
    return new Found(null, refusal);
  }

  private static String elsewhere(Buffer key, String record, int slot) {
    return "the key %s is in slot %d of the cluster, but the message's record %s in slot %d: one {tag} in both, by way of the idempotency key, puts them into one"
        .formatted(key, HashSlot.of(key.getBytes()), record, slot);
  }
}
