package dev.tailrace.redis.sink;

import dev.tailrace.lifecycle.Connection;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Optional;

/**
 * Adds messages to a stream, in the fields that its factory names. Belongs to its loop.
 *
 * <p>Each message is a command of its own in one pipeline, so that the server's answer to one says
 * nothing of the others. A message whose answer is lost may be in the stream.
 */
final class RedisStreamSink implements Sink {
  private final Link link;
  private final RedisConfig config;
  private final String stream;
  private final FieldMapping fields;

  RedisStreamSink(Vertx vertx, Loop loop, RedisSinkFactory to) {
    this.config = to.redis();
    this.stream = to.stream();
    this.link = KeyLinks.single(vertx, loop, config, stream);
    this.fields = to.fields();
  }

  @Override
  public String destination() {
    return "redis " + stream;
  }

  /** Completes when the server answers and the destination is a stream, or not there yet. */
  @Override
  public Future<Void> open() {
    return link.open()
        .compose(connected -> ServerInfo.of(link))
        .compose(fit -> KeyType.check(link, stream, "stream"));
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = link.status();
    return Optional.of(
        new Connection(destination(), status.connected(), status.since(), status.error()));
  }

  @Override
  public Future<List<Reply<Sent>>> send(List<OutgoingMessage> messages) {
    return Sink.each(messages, this::send);
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private Future<Reply<Sent>> send(OutgoingMessage message) {
    String limit = EntrySize.problem(message, Integer.MAX_VALUE);
    if (limit != null) {
      return Future.succeededFuture(Reply.failed(new MessageRefusedException(limit)));
    }
    Request request = Request.cmd(Command.XADD).arg(stream).arg("*");
    fields.write(request, message);
    return link.send(request, id -> new Sent(stream + "@" + id));
  }
}
