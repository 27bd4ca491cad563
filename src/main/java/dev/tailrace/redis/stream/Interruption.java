package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.Link;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * Ends a read that blocks on one connection, by way of another to the same server. Belongs to their
 * loop.
 */
final class Interruption {
  private final Link reads;
  private final Link commands;
  private @Nullable Long clientId; // event loop only: of the connection of reads

  Interruption(Link reads, Link commands) {
    this.reads = reads;
    this.commands = commands;
  }

  /** A new connection: asks for its id, without which a read can be waited for but not ended. */
  void connected() {
    clientId = null;
    reads
        .send(Request.cmd(Command.CLIENT).arg("ID"), id -> id == null ? null : id.toLong())
        .onSuccess(reply -> clientId = reply instanceof Reply.Ok<Long> ok ? ok.value() : null);
  }

  /** Asks for the end of the read; whether that could be. Elsewhere the id is somebody else's. */
  boolean ask() {
    if (clientId == null || !reads.server().equals(commands.server())) {
      return false;
    }
    Request unblock = Request.cmd(Command.CLIENT).arg("UNBLOCK").arg(clientId);
    Future<?> unused = commands.send(unblock, String::valueOf);
    return true;
  }
}
