package dev.tailrace.redis;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Headers.Header;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds messages to a stream, in the fields that its factory names. Belongs to its loop.
 *
 * <p>Each message is a command of its own in one pipeline, so that the server's answer to one says
 * nothing of the others. A message whose answer is lost may be in the stream.
 */
final class RedisStreamSink implements Sink {
  /** What a server accepts as one value, and as one whole command, unless it is told otherwise. */
  private static final long MOST_BYTES = 512L << 20;

  private final RedisLink link;
  private final RedisConfig config;
  private final String stream;
  private final FieldMapping fields;

  RedisStreamSink(Vertx vertx, Loop loop, RedisSinkFactory to) {
    this.config = to.redis();
    this.link = new RedisLink(vertx, loop, config, new RedisLink.Events() {});
    this.stream = to.stream();
    this.fields = to.fields();
  }

  @Override
  public String destination() {
    return "redis " + stream;
  }

  /** Completes when the server answers and the destination is a stream, or not there yet. */
  @Override
  public Future<Void> open() {
    return link.open().compose(connected -> ServerInfo.of(link)).compose(fit -> inspect());
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = link.status();
    return Optional.of(
        new Connection(destination(), status.connected(), status.since(), status.error()));
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    List<Future<Reply<Sent>>> sent = new ArrayList<>(messages.size());
    messages.forEach(message -> sent.add(send(message)));
    return Future.join(sent).map(all -> sent.stream().map(Future::result).toList());
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private Future<Reply<Sent>> send(OutgoingMessage message) {
    long bytes = bytes(message);
    if (bytes > MOST_BYTES) {
      String limit = bytes + " bytes are more than the " + MOST_BYTES + " that Redis accepts";
      return Future.succeededFuture(
          Reply.failed(new MessageRefusedException(limit, new IllegalArgumentException(limit))));
    }
    Request request = Request.cmd(Command.XADD).arg(stream).arg("*");
    fields.write(request, message);
    return link.send(request, id -> new Sent(stream + "@" + id));
  }

  private Future<Void> inspect() {
    return link.send(Request.cmd(Command.TYPE).arg(stream), String::valueOf)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok) {
                return fitness(ok.value());
              }
              if (reply instanceof Reply.Unknown<String> unknown) {
                return link.isClosed() ? Future.failedFuture(unknown.cause()) : inspect();
              }
              return Future.succeededFuture(); // who may not ask may still be allowed to add
            });
  }

  private Future<Void> fitness(String type) {
    return type.equals("stream") || type.equals("none")
        ? Future.succeededFuture()
        : Future.failedFuture(
            new UnfitException(
                config + ": " + stream + " is a " + type + ", not a stream to add messages to"));
  }

  private static long bytes(OutgoingMessage message) {
    long sum = length(message.key()) + length(message.body());
    for (Header header : message.headers()) {
      sum += header.name().length() + length(header.value());
    }
    return sum;
  }

  private static long length(@Nullable Buffer buffer) {
    return buffer == null ? 0 : buffer.length();
  }
}
