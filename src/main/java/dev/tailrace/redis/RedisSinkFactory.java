package dev.tailrace.redis;

import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Vertx;

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
  public Sink sink(Loop loop) {
    return new RedisStreamSink(Vertx.currentContext().owner(), loop, this);
  }

  @Override
  public DeadLetterBox box(Loop loop) {
    return new RedisDeadLetterBox(Vertx.currentContext().owner(), loop, this);
  }
}
