package dev.tailrace.redis;

import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.runtime.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person with a Redis client, looking at what a test does. */
public final class RedisProbe implements AutoCloseable {
  private final EventLoop loop;
  private final RedisLink link;

  public RedisProbe(EventLoop loop, String url) {
    this.loop = loop;
    this.link =
        loop.get(
            () ->
                new RedisLink(
                    loop.vertx(), loop.loop(), RedisConfig.of(url), new Link.Events() {}));
    loop.await(link::open);
  }

  /** Sends a command; fails where the server refuses it. */
  public @Nullable Response command(Command command, Object... arguments) {
    Request request = Request.cmd(command);
    for (Object argument : arguments) {
      if (argument instanceof Buffer buffer) {
        request.arg(buffer);
      } else {
        request.arg(argument.toString());
      }
    }
    Reply<Response[]> reply =
        loop.await(() -> link.send(request, response -> new Response[] {response}));
    if (reply instanceof Reply.Ok<Response[]> ok) {
      return ok.value()[0];
    }
    throw new AssertionError(reply.toString());
  }

  /** Adds an entry with one value. */
  public String add(String stream, String value) {
    return String.valueOf(command(Command.XADD, stream, "*", "value", value));
  }

  /** Adds entries with the values 0 to {@code count} - 1. */
  public void addMany(String stream, int count) {
    for (int i = 0; i < count; i++) {
      add(stream, Integer.toString(i));
    }
  }

  /** The ids pending in a group, with their owners: {@code 1-0 by a}. */
  public List<String> pending(String stream, String group) {
    Response rows = command(Command.XPENDING, stream, group, "-", "+", "10000");
    List<String> pending = new ArrayList<>();
    if (rows != null) {
      rows.forEach(row -> pending.add(row.get(0) + " by " + row.get(1)));
    }
    return pending;
  }

  /** How many entries a stream has. */
  public long length(String stream) {
    Response length = command(Command.XLEN, stream);
    return length == null ? 0 : length.toLong();
  }

  /** The consumers of a group. */
  public List<String> consumers(String stream, String group) {
    Response rows = command(Command.XINFO, "CONSUMERS", stream, group);
    List<String> names = new ArrayList<>();
    if (rows != null) {
      rows.forEach(row -> names.add(row.get(1).toString()));
    }
    return names;
  }

  /** Whether the server counts what a group has not read. */
  public boolean tellsLag(String stream) {
    return String.valueOf(command(Command.XINFO, "GROUPS", stream)).contains("lag");
  }

  @Override
  public void close() {
    loop.await(link::close);
  }
}
