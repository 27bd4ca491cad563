package dev.tailrace.redis.link;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of commands to the server that has the keys which they are about, wherever that is now:
 * {@link RedisLink} where one server has all, {@link SlotLink} in a cluster. Belongs to its loop.
 *
 * <p>Commands on one key are carried out in the order in which they are answered, each with one
 * {@link Reply}: what the server refuses is failed; a time-out, a lost connection and a lost answer
 * are unknown. Nothing is sent twice of which a server may have carried out the first.
 */
public interface Link {
  /** What the owner of a link hears of it; called on the loop. */
  interface Events {
    /** A connection is there, and what waited for it has been sent. */
    default void up() {}

    /** The connection was lost; what was under way has been answered as unknown. */
    default void down(String why) {}
  }

  /**
   * Connects. Completes with the first connection; until then it goes on trying, and {@link
   * #status} says why. Fails with {@link UnfitException} where the server refuses us, and when the
   * link is closed before.
   */
  Future<Void> open();

  /** How the connection stands. */
  LinkStatus status();

  /** Where the link leads. */
  RedisConfig config();

  /** The server to which it leads now, where there may be several; else "". */
  String server();

  /** Whether the link was closed, so that nothing will ever be sent any more. */
  boolean isClosed();

  /** Whether a command given now would be sent at once. */
  boolean isUp();

  /** Sends a command; the reader turns its answer, null for nil, into a value. */
  default <T> Future<Reply<T>> send(Request request, Function<@Nullable Response, T> reader) {
    return send(request, Duration.ZERO, reader);
  }

  /** Sends a command that may block on the server for {@code block} before its time-out begins. */
  <T> Future<Reply<T>> send(
      Request request, Duration block, Function<@Nullable Response, T> reader);

  /** Runs a script; a server that does not know it gets its text. */
  default <T> Future<Reply<T>> run(RedisScript.Call call, Function<@Nullable Response, T> reader) {
    return send(call.byDigest(), reader)
        .compose(
            reply ->
                reply instanceof Reply.Failed<T> failed
                        && ServerError.is(failed.cause(), "NOSCRIPT")
                    ? send(call.byText(), reader)
                    : Future.succeededFuture(reply));
  }

  /** Closes the connection for good; what is under way becomes unknown. Twice is fine. */
  Future<Void> close();
}
