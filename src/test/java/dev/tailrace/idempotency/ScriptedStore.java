package dev.tailrace.idempotency;

import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in front of another one, whose answers a test can lose on their way back: the operation
 * is carried out, and its reply is unknown; or which is away: nothing is carried out. Counts
 * requests.
 */
public final class ScriptedStore implements IdempotencyStore {
  private IdempotencyStore store;
  private final List<String> calls = new ArrayList<>();
  private Supplier<Weather> weather = () -> Weather.CALM;
  private String operation = "";
  private @Nullable EffectAnswer effects;

  /** How the store answers. */
  public enum Weather {
    CALM,
    LOSES_ANSWERS,
    AWAY
  }

  /** Makes a front that passes everything on. */
  public ScriptedStore(IdempotencyStore store) {
    this.store = store;
  }

  /** The records of the store before are gone. */
  public void replace(IdempotencyStore empty) {
    store = empty;
  }

  /** Of all operations. */
  public void weather(Weather now) {
    weather(now, "");
  }

  /** Of one operation only. */
  public void weather(Weather now, String only) {
    weather = () -> now;
    operation = only;
  }

  /** Of each request. */
  public void weather(Supplier<Weather> each) {
    weather = each;
    operation = "";
  }

  /** One entry per request: the operation and how many items it carried, as in {@code claim 3}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  public void forgetCalls() {
    calls.clear();
  }

  @Override
  public Grade grade() {
    return store.grade();
  }

  @Override
  public Future<Void> open() {
    return store.open();
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    return through("claim", requests, () -> store.claim(requests));
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return through("complete", completions, () -> store.complete(completions));
  }

  /** From now on it is asked to carry out effects, and says this of each. */
  public void effects(EffectAnswer answer) {
    effects = answer;
  }

  @Override
  public boolean carriesOut() {
    return effects != null;
  }

  @Override
  public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
    EffectAnswer answer = Objects.requireNonNull(effects);
    List<Reply<EffectAnswer>> replies = Collections.nCopies(completions.size(), Reply.ok(answer));
    return through("carry out", completions, () -> Future.succeededFuture(replies));
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return through("alone", fences, () -> store.markAlone(fences));
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return through("renew", fences, () -> store.renew(fences));
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return through("release", releases, () -> store.release(releases));
  }

  private <R> Future<List<Reply<R>>> through(
      String name, List<?> items, Supplier<Future<List<Reply<R>>>> answer) {
    calls.add(name + " " + items.size());
    Throwable lost = new IllegalStateException("the answer was lost");
    return switch (name.contains(operation) ? weather.get() : Weather.CALM) {
      case CALM -> answer.get();
      case LOSES_ANSWERS -> answer.get().compose(answers -> Future.failedFuture(lost));
      case AWAY -> Future.failedFuture(lost);
    };
  }

  @Override
  public Future<Void> close() {
    return store.close();
  }
}
