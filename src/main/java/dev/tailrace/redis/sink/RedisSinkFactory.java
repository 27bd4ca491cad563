package dev.tailrace.redis.sink;

import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

/**
 * A stream as a destination. Immutable.
 *
 * @param redis the server
 * @param stream its name
 * @param fields how messages are written
 */
public record RedisSinkFactory(RedisConfig redis, String stream, FieldMapping fields)
    implements SinkFactory {
  /** Written in the fields that sources read by default. */
  public RedisSinkFactory(RedisConfig redis, String stream) {
    this(redis, stream, FieldMapping.DEFAULT);
  }

  @Override
  public String destination() {
    return stream;
  }

  @Override
  public boolean isSameAs(String kind, String name) {
    return kind.equals(RedisSinkType.TYPE) && name.equals(stream);
  }

  @Override
  public Future<Void> remove(Loop loop) {
    Link link = KeyLinks.single(Vertx.currentContext().owner(), loop, redis, stream);
    return link.open()
        .compose(connected -> link.send(Request.cmd(Command.DEL).arg(stream), removed -> true))
        .compose(
            reply ->
                reply.isOk() ? Future.<Void>succeededFuture() : Future.failedFuture(reply.cause()))
        .eventually(link::close);
  }

  @Override
  public Sink sink(Loop loop) {
    return new RedisStreamSink(Vertx.currentContext().owner(), loop, this);
  }

  @Override
  public DeadLetterBox box(Loop loop) {
    return new RedisDeadLetterBox(Vertx.currentContext().owner(), loop, this);
  }
}
