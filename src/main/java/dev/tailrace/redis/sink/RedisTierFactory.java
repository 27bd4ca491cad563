package dev.tailrace.redis.sink;

import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.RetryKeys;
import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Vertx;

/**
 * The place at the server where messages of a source wait for later attempts, as a destination.
 * Immutable.
 *
 * @param source whose messages those are
 * @param name of the tier, which its keys have behind the hash tag of their stream
 */
public record RedisTierFactory(RedisSourceConfig source, String name) implements SinkFactory {
  @Override
  public String destination() {
    return String.join(", ", RetryKeys.streams(source.streams(), name));
  }

  @Override
  public boolean isSameAs(String kind, String stream) {
    return kind.equals(RedisSinkType.TYPE)
        && RetryKeys.streams(source.streams(), name).contains(stream);
  }

  @Override
  public Sink sink(Loop loop) {
    return new RedisTierSink(Vertx.currentContext().owner(), loop, this);
  }

  /** What waits for an attempt is not dead. */
  @Override
  public DeadLetterBox box(Loop loop) {
    throw new UnsupportedOperationException("no dead letters in " + destination());
  }
}
