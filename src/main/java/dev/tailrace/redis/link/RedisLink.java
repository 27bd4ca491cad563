package dev.tailrace.redis.link;

import dev.tailrace.redis.link.RedisConnector.Connected;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.UnfitException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dedicated connection to Redis that comes back by itself. Belongs to its loop.
 *
 * <p>Commands are answered in the order in which they were given, each with one {@link Reply}: what
 * the server refuses is failed; a time-out, a lost connection and a lost answer are unknown. While
 * the connection is down, commands wait for it, at most their time-out; nothing is sent twice. A
 * server that lets a command wait longer than its time-out is taken for gone: the connection is
 * dropped, and with it everything that was under way becomes unknown.
 *
 * <p>The client's pool is not used for commands: leasing a connection for each is several times
 * slower and fails under concurrency.
 */
public final class RedisLink implements Link {
  /** Commands under way at once; what is beyond waits here. */
  public static final int IN_FLIGHT_LIMIT = 512;

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  private final RedisConnector connector;
  private final Loop loop;
  private final RedisConfig config;
  private final Events events;

  private final ArrayDeque<PendingCommands<?>> waiting = new ArrayDeque<>(); // event loop only
  private final ArrayDeque<PendingCommands<?>> sent = new ArrayDeque<>(); // event loop only
  private int inFlight; // event loop only: commands in what is sent
  private @Nullable Promise<Void> opening; // event loop only
  private @Nullable Connected connection; // event loop only
  private int generation; // event loop only: grows with every connection that is begun or dropped
  private int failures; // event loop only: since the last connection
  private @Nullable Timer watch; // event loop only
  private boolean closed; // event loop only
  private LinkStatus status; // event loop only

  /** Makes the link; nothing is connected before {@link #open}. */
  public RedisLink(Vertx vertx, Loop loop, RedisConfig config, Events events) {
    this.connector = new RedisConnector(vertx, loop, config);
    this.loop = loop;
    this.config = config;
    this.events = events;
    this.status = new LinkStatus(false, loop.wall(), "not connected yet");
  }

  @Override
  public Future<Void> open() {
    assert loop.inLoop();
    if (opening == null) {
      opening = Promise.promise();
      connect();
    }
    return opening.future();
  }

  @Override
  public LinkStatus status() {
    return status;
  }

  @Override
  public RedisConfig config() {
    return config;
  }

  @Override
  public String server() {
    return "";
  }

  /** The connection that is there, and which start of which server it leads to. */
  public Life life() {
    return connection == null
        ? new Life(PendingCommands.ANY, "")
        : new Life(generation, connection.server().map(ServerInfo::runId).orElse(""));
  }

  /**
   * A connection.
   *
   * @param connection for {@link #run(int, RedisScript.Call, Function)}; any where none is there
   * @param run id of the server, or "" where it is not known
   */
  public record Life(int connection, String run) {}

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isUp() {
    return connection != null;
  }

  @Override
  public <T> Future<Reply<T>> send(
      Request request, Duration block, Function<@Nullable Response, T> reader) {
    return sendTogether(List.of(request), block, Answers.single(reader));
  }

  /**
   * Sends commands over one connection with nothing in between; unknown where it ended before the
   * last answer.
   */
  public <T> Future<Reply<T>> sendTogether(
      List<Request> requests, Function<Answers, Reply<T>> reader) {
    return sendTogether(PendingCommands.ANY, requests, reader);
  }

  /** Likewise; the last one may block on the server for so long before the time-out begins. */
  <T> Future<Reply<T>> sendTogether(
      List<Request> requests, Duration block, Function<Answers, Reply<T>> reader) {
    Duration timeout = config.timeout().plus(block);
    return add(new PendingCommands<>(PendingCommands.ANY, requests, timeout, reader));
  }

  /**
   * As {@link #sendTogether(List, Function)}, but over this connection or not at all: then unknown.
   */
  public <T> Future<Reply<T>> sendTogether(
      int over, List<Request> requests, Function<Answers, Reply<T>> reader) {
    return add(new PendingCommands<>(over, requests, config.timeout(), reader));
  }

  private <T> Future<Reply<T>> add(PendingCommands<T> pending) {
    assert loop.inLoop();
    if (closed) {
      pending.unknown(new IllegalStateException(config + " is closed"));
      return pending.reply();
    }
    pending.begin(loop.nanos());
    waiting.add(pending);
    sendWaiting();
    watch();
    return pending.reply();
  }

  /** As {@link #run(RedisScript.Call, Function)}, over this connection or not at all. */
  public <T> Future<Reply<T>> run(
      int over, RedisScript.Call call, Function<@Nullable Response, T> reader) {
    Function<Answers, Reply<T>> single = Answers.single(reader);
    return sendTogether(over, List.of(call.byDigest()), single)
        .compose(
            reply ->
                reply instanceof Reply.Failed<T> failed
                        && ServerError.is(failed.cause(), "NOSCRIPT")
                    ? sendTogether(over, List.of(call.byText()), single)
                    : Future.succeededFuture(reply));
  }

  @Override
  public Future<Void> close() {
    assert loop.inLoop();
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    generation++;
    Connected last = connection;
    connection = null;
    IllegalStateException cause = new IllegalStateException(config + " was closed");
    inFlight = 0;
    answerAll(sent, cause);
    answerAll(waiting, cause);
    status = new LinkStatus(false, loop.wall(), "closed");
    if (watch != null) {
      watch.cancel();
    }
    if (opening != null) {
      opening.tryFail(cause);
    }
    if (last == null) {
      return Future.succeededFuture();
    }
    Promise<Void> ended = Promise.promise();
    // The client completes it on whichever thread it likes; what follows belongs to the loop.
    last.close().onComplete(any -> loop.execute(ended::complete));
    return ended.future();
  }

  private void connect() {
    if (closed) {
      return;
    }
    int mine = ++generation;
    connector
        .connect()
        .onComplete(
            made -> {
              if (mine == generation) {
                connected(mine, made);
              } else if (made.succeeded()) {
                Future<Void> unused = made.result().close();
              }
            });
  }

  private void connected(int mine, AsyncResult<Connected> made) {
    if (made.failed()) {
      refused(mine, made.cause());
      return;
    }
    Connected fresh = made.result();
    fresh
        .connection()
        .endHandler(end -> loop.execute(() -> ended(mine, new Disconnected("it was closed"))))
        .exceptionHandler(cause -> loop.execute(() -> ended(mine, cause)));
    connection = fresh;
    if (failures > 0) {
      LOG.info("{} is connected again", config);
    }
    failures = 0;
    status = new LinkStatus(true, loop.wall(), null);
    if (opening != null) {
      opening.tryComplete();
    }
    sendWaiting();
    events.up();
  }

  private void refused(int mine, Throwable cause) {
    boolean starting = opening != null && !opening.future().isComplete();
    if (opening != null && starting && cause instanceof UnfitException) {
      opening.fail(cause);
      close();
    } else if (opening != null && starting && ServerError.isUnfit(cause)) {
      opening.fail(new UnfitException(config + " refuses us: " + cause.getMessage(), cause));
      close();
    } else {
      ended(mine, cause);
    }
  }

  /** The connection, or the attempt at one, is over; another is begun after a pause. */
  private void ended(int mine, Throwable cause) {
    if (mine != generation || closed) {
      return;
    }
    generation++;
    boolean wasUp = connection != null;
    Connected last = connection;
    connection = null;
    if (last != null) {
      last.close().onFailure(failure -> LOG.debug("{} closed badly", config, failure));
    }
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    Instant since = wasUp ? loop.wall() : status.since();
    status = new LinkStatus(false, since, why);
    Duration pause = RedisConnector.pause(failures++, loop.random());
    if (wasUp || failures == 1) {
      LOG.warn("{} is not connected: {}; trying again", config, why);
    }
    loop.after(pause, this::connect);
    inFlight = 0;
    answerAll(sent, cause);
    if (wasUp) {
      events.down(why);
    }
  }

  private void sendWaiting() {
    Connected up = connection;
    int mine = generation;
    while (up != null && mine == generation && inFlight < IN_FLIGHT_LIMIT) {
      PendingCommands<?> next = waiting.poll();
      if (next == null) {
        return;
      }
      if (!next.mayGoOver(mine)) {
        next.unknown(new Disconnected("the connection ended that this belongs to"));
        continue;
      }
      next.begin(loop.nanos());
      sent.add(next);
      inFlight += next.size();
      for (Request request : next.requests()) {
        up.connection().send(request).onComplete(answer -> answered(mine, next, answer));
      }
    }
  }

  private void answered(
      int mine, PendingCommands<?> pending, AsyncResult<@Nullable Response> answer) {
    if (!loop.inLoop()) {
      loop.execute(() -> answered(mine, pending, answer));
      return;
    }
    if (answer.failed() && !ServerError.isReply(answer.cause())) {
      // The client fails what is sent after the connection's end at once, before it tells of the
      // end: so the end is here, or whoever tries again at once would try without an end.
      ended(mine, answer.cause());
      pending.unknown(answer.cause());
    } else if (mine == generation) {
      boolean last =
          pending.take(
              answer.succeeded() ? Reply.ok(answer.result()) : Reply.failed(answer.cause()));
      if (last) {
        sent.remove(pending); // the oldest, as the server answers in order
        inFlight -= pending.size();
        pending.answered(mine);
      }
      if (ServerError.is(answer.cause(), "READONLY")) { // a primary that has become a replica
        ended(mine, answer.cause());
      }
    }
    sendWaiting();
  }

  /** One timer serves all commands: it comes back for the earliest deadline. */
  private void watch() {
    if (watch == null) {
      watch = loop.after(config.timeout(), this::expire);
    }
  }

  private void expire() {
    watch = null;
    long now = loop.nanos();
    PendingCommands<?> oldest = sent.peek();
    if (oldest != null && oldest.remaining(now) <= 0) {
      ended(generation, new TimeoutException("no answer within " + seconds()));
    }
    PendingCommands<?> first = waiting.peek();
    while (first != null && first.remaining(now) <= 0) {
      waiting.remove();
      first.unknown(new TimeoutException(config + " is not connected: " + status.error()));
      first = waiting.peek();
    }
    long next = Math.min(remaining(sent.peek(), now), remaining(first, now));
    if (next != Long.MAX_VALUE && watch == null && !closed) {
      watch = loop.after(Duration.ofNanos(Math.max(next, 1)), this::expire);
    }
  }

  private static long remaining(@Nullable PendingCommands<?> pending, long now) {
    return pending == null ? Long.MAX_VALUE : pending.remaining(now);
  }

  private static void answerAll(ArrayDeque<PendingCommands<?>> queue, Throwable cause) {
    for (PendingCommands<?> next = queue.poll(); next != null; next = queue.poll()) {
      next.unknown(cause);
    }
  }

  private String seconds() {
    return config.timeout().toMillis() + " ms";
  }

  /** A connection ended that nobody here had closed. */
  private static final class Disconnected extends Exception {
    private static final long serialVersionUID = 1L;

    Disconnected(String message) {
      super(message);
    }
  }
}
