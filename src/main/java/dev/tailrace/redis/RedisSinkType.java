package dev.tailrace.redis;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;

/** {@code dead-letter: {redis: "orders:dlq"}}: a stream of the root section's server. */
public final class RedisSinkType implements SinkType {
  /** The kind of broker, as in the configuration. */
  static final String TYPE = "redis";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public String destinationKey() {
    return "stream";
  }

  @Override
  public SinkFactory read(String destination, ConfigSection root) throws ConfigException {
    return new RedisSinkFactory(RedisConfig.read(root), destination);
  }
}
