package dev.tailrace.redis.store;

import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on one server. A watch belongs to the connection and ends with the next transaction
 * on it, so one is under way at a time, in two round trips. Belongs to the store's loop.
 */
final class LinkTransactions implements Transactions {
  /** Keys that are watched at once. */
  private static final int MOST_RECORDS = 200;

  private static final Request ASKING = Request.cmd(Command.ASKING);

  private final RedisLink link;
  private final Turns turns;

  LinkTransactions(RedisLink link, Loop loop) {
    this.link = link;
    this.turns = new Turns(loop);
  }

  RedisLink link() {
    return link;
  }

  @Override
  public int mostRecords() {
    return MOST_RECORDS;
  }

  @Override
  public <R> Future<Reply<R>> run(List<String> keys, Function<Seen, Decision<R>> rule) {
    return run(keys, rule, MOST_TRIES);
  }

  private <R> Future<Reply<R>> run(List<String> keys, Function<Seen, Decision<R>> rule, int tries) {
    if (tries == 0) {
      return Future.succeededFuture(Transactions.contended());
    }
    return attempt(false, keys, rule)
        .compose(
            reply ->
                reply instanceof Reply.Ok<Optional<R>> ok
                    ? ok.value()
                        .map(done -> Future.succeededFuture(Reply.ok(done)))
                        .orElseGet(() -> run(keys, rule, tries - 1))
                    : Future.succeededFuture(WatchedOperations.same(reply)));
  }

  /**
   * Tries once, when its turn comes; empty where somebody else was faster. Failed where the server
   * says that a key is elsewhere, and with a {@link PartedException} where others were here: to
   * follow to the other server would be to read what is not there yet as gone.
   *
   * @param asking whether the slot of the keys is only about to move there
   */
  <R> Future<Reply<Optional<R>>> attempt(
      boolean asking, List<String> keys, Function<Seen, Decision<R>> rule) {
    return turns.take(
        () ->
            read(asking, keys)
                .compose(
                    read ->
                        read instanceof Reply.Ok<Read> ok
                            ? write(asking, ok.value().connection(), rule.apply(ok.value().seen()))
                            : Future.succeededFuture(WatchedOperations.same(read))));
  }

  /** What was read, and over which connection. */
  private record Read(int connection, Seen seen) {}

  /** The time is asked for last: what had run out by then had run out when it was read. */
  private Future<Reply<Read>> read(boolean asking, List<String> keys) {
    RedisLink.Life life = link.life();
    List<Request> requests = new ArrayList<>(2 * keys.size() + 3);
    Request watch = Request.cmd(Command.WATCH);
    keys.forEach(watch::arg);
    add(requests, asking, watch);
    keys.forEach(key -> add(requests, asking, Request.cmd(Command.GET).arg(key)));
    requests.add(Request.cmd(Command.TIME));
    return link.sendTogether(
        life.connection(), requests, answers -> seen(life.run(), keys, asked(requests, answers)));
  }

  private static void add(List<Request> requests, boolean asking, Request request) {
    if (asking) {
      requests.add(ASKING);
    }
    requests.add(request);
  }

  /** Without those to what asks for leave. */
  private static Answers asked(List<Request> requests, Answers answers) {
    List<Reply<@Nullable Response>> replies = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i) != ASKING) {
        replies.add(answers.replies().get(i));
      }
    }
    return new Answers(answers.connection(), replies);
  }

  private static Reply<Read> seen(String run, List<String> keys, Answers answers) {
    Map<String, Reply<@Nullable Response>> values = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      values.put(keys.get(i), answers.replies().get(i + 1));
    }
    for (Reply<@Nullable Response> reply : answers.replies()) {
      boolean needed = reply == answers.replies().get(0) || reply == answers.last();
      if (reply instanceof Reply.Failed<@Nullable Response> failed
          && (needed || ServerError.isElsewhere(failed.cause()))) {
        return Reply.failed(failed.cause());
      }
    }
    long micros = Answers.value(answers.last(), ServerLife::micros);
    return Reply.ok(new Read(answers.connection(), new Seen(run, micros, values)));
  }

  private <R> Future<Reply<Optional<R>>> write(
      boolean asking, int connection, Decision<R> decision) {
    if (decision.kept() != null) {
      Future<?> unused =
          link.sendTogether(
              connection, List.of(Request.cmd(Command.UNWATCH)), any -> Reply.ok(true));
      return Future.succeededFuture(
          decision.kept() instanceof Reply.Ok<R> ok
              ? Reply.ok(Optional.of(ok.value()))
              : WatchedOperations.same(decision.kept()));
    }
    List<Request> requests = new ArrayList<>(decision.writes().size() + 3);
    add(requests, asking, Request.cmd(Command.MULTI)); // the leave lasts until EXEC
    requests.addAll(decision.writes());
    requests.add(Request.cmd(Command.EXEC));
    return link.sendTogether(
        connection, requests, answers -> written(decision, asked(requests, answers)));
  }

  private static <R> Reply<Optional<R>> written(Decision<R> decision, Answers answers) {
    for (Reply<@Nullable Response> reply : answers.replies()) {
      if (reply instanceof Reply.Failed<@Nullable Response> failed
          && ServerError.isElsewhere(failed.cause())) {
        boolean parted = ServerError.is(failed.cause(), "ASK"); // it need not be there, either
        // EXEC was refused, too.
        return Reply.failed(parted ? new PartedException(failed.cause()) : failed.cause());
      }
    }
    return decision.reader().apply(answers);
  }
}
