package dev.tailrace.smallworld;

import dev.tailrace.runtime.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one instance to one server. Requests arrive in their order, and answers come
 * back in theirs; how long either takes is left to the world. After a crash of its owner what is
 * under way may still arrive.
 */
final class Line {
  private static final String NO_ANSWER = "no answer";

  private final SimulatedLoop owner;
  private final ArrayDeque<Request<?>> requests = new ArrayDeque<>();
  private final ArrayDeque<Runnable> answers = new ArrayDeque<>();

  /** What a request is for. */
  enum Kind {
    CLAIM,
    MARK,
    COMMIT,
    OTHER
  }

  /** What becomes of a request. */
  enum Fate {
    /** It is carried out and answered. */
    ANSWERED,
    /** It is carried out, and nobody knows. */
    ANSWER_LOST,
    /** It is not carried out, and nobody knows. */
    REQUEST_LOST
  }

  private static final class Request<T> {
    private final Kind kind;
    private final Supplier<T> operation;
    private @Nullable Promise<T> promise = Promise.promise();

    Request(Kind kind, Supplier<T> operation) {
      this.kind = kind;
      this.operation = operation;
    }

    Runnable carryOut(Fate fate) {
      Promise<T> waiting = promise;
      if (waiting == null) {
        T unused = operation.get();
        return () -> {};
      }
      if (fate == Fate.REQUEST_LOST) {
        return () -> waiting.fail(NO_ANSWER);
      }
      T answer = operation.get();
      return fate == Fate.ANSWER_LOST
          ? () -> waiting.fail(NO_ANSWER)
          : () -> waiting.complete(answer);
    }

    Future<T> future() {
      return Objects.requireNonNull(promise, "nobody asks any more").future();
    }

    void forgetWhoAsked() {
      promise = null;
    }
  }

  Line(SimulatedLoop owner) {
    this.owner = owner;
  }

  <T> Future<T> ask(Kind kind, Supplier<T> operation) {
    Request<T> request = new Request<>(kind, operation);
    requests.add(request);
    return request.future();
  }

  boolean hasRequest() {
    return !requests.isEmpty();
  }

  boolean hasAnswer() {
    return !answers.isEmpty();
  }

  /** What the next request is for. */
  Kind kind() {
    return requests.element().kind;
  }

  /** The next request reaches its server, or gets lost. */
  void carryOut(Fate fate) {
    Runnable answer = requests.remove().carryOut(fate);
    if (!owner.isCrashed()) {
      answers.add(answer);
    }
  }

  /** The next answer reaches the instance: a turn of its loop. */
  void answer() {
    owner.execute(answers.remove());
  }

  /** Nobody hears an answer any more; what was sent may still arrive. */
  void crash() {
    answers.clear();
    requests.forEach(Request::forgetWhoAsked);
  }
}
