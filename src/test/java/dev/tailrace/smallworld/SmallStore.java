package dev.tailrace.smallworld;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The one store of both instances: production records, on a clock of its own, under the eyes of the
 * witness. Each request is carried out in one piece.
 */
final class SmallStore {
  private final Loop clock;
  private final Map<String, MemoryStore> records = new TreeMap<>();
  private final SmallWitness witness;

  SmallStore(Loop clock, SmallWitness witness) {
    this.clock = clock;
    this.witness = witness;
  }

  private MemoryStore record(String key) {
    return records.computeIfAbsent(
        key, first -> new MemoryStore(clock, MemoryStore.MemoryLimits.DEFAULT));
  }

  /** Each by the record of its key. */
  private <T, R> List<Reply<R>> each(
      List<T> items,
      Function<T, String> key,
      BiFunction<MemoryStore, List<T>, Future<List<Reply<R>>>> operation) {
    List<Reply<R>> replies = new ArrayList<>(items.size());
    for (T item : items) {
      replies.addAll(operation.apply(record(key.apply(item)), List.of(item)).result());
    }
    return replies;
  }

  /** The end of an instance. */
  IdempotencyStore reachedBy(SmallInstance instance, Line line) {
    return new Remote(instance, line);
  }

  private final class Remote implements IdempotencyStore {
    private final SmallInstance instance;
    private final Line line;

    Remote(SmallInstance instance, Line line) {
      this.instance = instance;
      this.line = line;
    }

    @Override
    public Grade grade() {
      return Grade.B;
    }

    @Override
    public Future<Void> open() {
      return Future.succeededFuture();
    }

    @Override
    public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
      return line.ask(
          Line.Kind.CLAIM,
          () -> {
            List<Reply<ClaimAnswer>> replies =
                each(requests, ClaimRequest::key, MemoryStore::claim);
            for (int i = 0; i < replies.size(); i++) {
              if (replies.get(i) instanceof Reply.Ok<ClaimAnswer> ok) {
                witness.claimed(instance, requests.get(i), ok.value());
              }
            }
            return replies;
          });
    }

    @Override
    public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
      return line.ask(
          Line.Kind.MARK,
          () -> {
            List<Reply<Boolean>> replies =
                each(completions, each -> each.fence().key(), MemoryStore::complete);
            for (int i = 0; i < replies.size(); i++) {
              witness.marked(completions.get(i).fence(), isTrue(replies.get(i)));
            }
            return replies;
          });
    }

    @Override
    public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
      return line.ask(Line.Kind.OTHER, () -> each(fences, Fence::key, MemoryStore::markAlone));
    }

    @Override
    public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
      return line.ask(
          Line.Kind.OTHER,
          () -> {
            List<Reply<Boolean>> replies = each(fences, Fence::key, MemoryStore::renew);
            for (int i = 0; i < replies.size(); i++) {
              witness.renewed(fences.get(i), isTrue(replies.get(i)));
            }
            return replies;
          });
    }

    @Override
    public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
      return line.ask(
          Line.Kind.OTHER,
          () -> {
            List<Reply<Boolean>> replies =
                each(releases, ReleaseRequest::key, MemoryStore::release);
            for (int i = 0; i < replies.size(); i++) {
              witness.released(releases.get(i), isTrue(replies.get(i)));
            }
            return replies;
          });
    }

    private static boolean isTrue(Reply<Boolean> reply) {
      return reply instanceof Reply.Ok<Boolean> ok && ok.value();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
