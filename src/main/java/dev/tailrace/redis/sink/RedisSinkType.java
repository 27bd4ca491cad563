package dev.tailrace.redis.sink;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.message.Origin;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RedisSourceType;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.sink.SinkType;
import java.util.Optional;

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

  /** In the fields in which a pipeline of this configuration reads it. */
  @Override
  public SinkFactory origin(String name, ConfigSection root) throws ConfigException {
    FieldMapping fields =
        root.sections("pipelines").stream()
            .map(pipeline -> pipeline.oneOf("source"))
            .filter(source -> source.type().equals(TYPE))
            .filter(source -> source.section().texts("streams").contains(name))
            .findFirst()
            .map(source -> FieldMapping.of(source.section().section("fields")))
            .orElse(FieldMapping.DEFAULT);
    return new RedisSinkFactory(RedisConfig.read(root), name, fields);
  }

  /** One place for all waits. */
  @Override
  public SinkFactory retryTier(String name, ConfigSection source, ConfigSection root)
      throws ConfigException {
    return new RedisTierFactory(new RedisSourceType().read(source, root), name);
  }

  @Override
  public Optional<String> nameOf(Origin origin) {
    return origin.minor() == Origin.OFFSET ? Optional.empty() : Optional.of(origin.source());
  }
}
