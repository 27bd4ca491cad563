package dev.tailrace.redis;

import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Vertx;

/**
 * A stream as a destination. Immutable.
 *
 * @param redis the server
 * @param stream its name
 */
public record RedisSinkFactory(RedisConfig redis, String stream) implements SinkFactory {
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
    return new RedisStreamSink(Vertx.currentContext().owner(), loop, redis, stream);
  }
}
