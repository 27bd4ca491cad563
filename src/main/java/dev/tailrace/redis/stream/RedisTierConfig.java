package dev.tailrace.redis.stream;

import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.TierConfig;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * The streams to which messages of a source go when they are due for a later attempt: one for each
 * of its streams, for all waits. They are read by the same group. Immutable.
 *
 * @param reading those streams, and how they are read
 */
public record RedisTierConfig(RedisSourceConfig reading) implements TierConfig {
  /**
   * The tier of a source.
   *
   * @throws IllegalArgumentException where the source itself reads a stream of this name
   */
  public static RedisTierConfig of(RedisSourceConfig source, String name) {
    List<String> streams = RetryKeys.streams(source.streams(), name);
    for (String stream : streams) {
      if (source.reads(stream)) {
        throw new IllegalArgumentException(
            "'" + stream + "' is what this pipeline reads; allowed: another retry-topics-prefix");
      }
    }
    return new RedisTierConfig(
        new RedisSourceConfig(
            source.redis(),
            streams,
            source.group(),
            RedisSourceConfig.Start.EARLIEST,
            FieldMapping.DEFAULT,
            source.claimIdle()));
  }

  @Override
  public Source source(SourceEnvironment environment) {
    return new RedisStreamSource(
        Vertx.currentContext().owner(), reading, environment, EntryForm.RETRY);
  }
}
