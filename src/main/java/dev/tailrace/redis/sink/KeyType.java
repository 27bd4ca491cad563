package dev.tailrace.redis.sink;

import dev.tailrace.redis.link.Link;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

/** Whether a key may be used for what it is meant for. */
final class KeyType {
  private KeyType() {}

  /**
   * Completes where the key is of the type or not there yet, or where we may not ask; asks again
   * while the answer is lost. Fails with {@link UnfitException} where it is of another.
   */
  static Future<Void> check(Link link, String key, String type) {
    return link.send(Request.cmd(Command.TYPE).arg(key), String::valueOf)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok) {
                return ok.value().equals(type) || ok.value().equals("none")
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new UnfitException(
                            link.config()
                                + ": "
                                + key
                                + " is a "
                                + ok.value()
                                + ", not a "
                                + type));
              }
              if (reply instanceof Reply.Unknown<String> unknown) {
                return link.isClosed()
                    ? Future.failedFuture(unknown.cause())
                    : check(link, key, type);
              }
              return Future.succeededFuture(); // who may not ask may still be allowed to write
            });
  }
}
