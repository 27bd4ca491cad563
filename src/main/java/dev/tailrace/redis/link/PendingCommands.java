package dev.tailrace.redis.link;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands on their way over a link, mostly one: what is together goes over one connection with
 * nothing in between, and is answered together. Belongs to the link's loop.
 *
 * @param <T> what their answers are read as
 */
final class PendingCommands<T> {
  /** Over whichever connection is there. */
  static final int ANY = 0;

  private final int over;
  private final List<Request> requests;
  private final Duration timeout;
  private final Function<Answers, Reply<T>> reader;
  private final Promise<Reply<T>> reply = Promise.promise();
  private final List<Reply<@Nullable Response>> answers; // event loop only
  private long deadline; // event loop only: of the waiting, then of the answer
  private boolean done; // event loop only

  /**
   * Makes them.
   *
   * @param over the one connection that they may go over, or {@link #ANY}
   */
  PendingCommands(
      int over, List<Request> requests, Duration timeout, Function<Answers, Reply<T>> reader) {
    this.over = over;
    this.requests = requests;
    this.timeout = timeout;
    this.reader = reader;
    this.answers = new ArrayList<>(requests.size());
  }

  boolean mayGoOver(int connection) {
    return over == ANY || over == connection;
  }

  List<Request> requests() {
    return requests;
  }

  int size() {
    return requests.size();
  }

  Future<Reply<T>> reply() {
    return reply.future();
  }

  /** The time-out begins anew. */
  void begin(long now) {
    deadline = now + timeout.toNanos();
  }

  /** How long is left until the time-out; not positive where it is over. */
  long remaining(long now) {
    return deadline - now;
  }

  /** Takes the next answer; true where that was the last one. */
  boolean take(Reply<@Nullable Response> answer) {
    answers.add(answer);
    return answers.size() == requests.size();
  }

  /** All have come. The reader fails only where the server answers something it never should. */
  void answered(int connection) {
    Reply<T> read;
    try {
      read = reader.apply(new Answers(connection, answers));
    } catch (RuntimeException unreadable) {
      read = Reply.unknown(unreadable);
    }
    complete(read);
  }

  void unknown(Throwable cause) {
    complete(Reply.unknown(cause));
  }

  private void complete(Reply<T> answer) {
    if (!done) {
      done = true;
      reply.complete(answer);
    }
  }
}
