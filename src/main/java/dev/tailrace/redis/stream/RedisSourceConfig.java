package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.source.ReadLimits;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceConflict;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.Until;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which streams a pipeline reads, and how. Immutable.
 *
 * @param redis the server
 * @param streams their names, at least one, none twice
 * @param group the consumer group; made where it is missing
 * @param start where a group begins that is made at the start
 * @param fields which fields are key, body and headers
 * @param claimIdle how long an entry of a consumer that gives no sign stays with it
 * @param trim what becomes of entries that are acknowledged
 * @param shards where the streams are the shards of one; else null
 * @param until how long they are read
 */
public record RedisSourceConfig(
    RedisConfig redis,
    List<String> streams,
    String group,
    Start start,
    FieldMapping fields,
    Duration claimIdle,
    Trim trim,
    @Nullable Shards shards,
    Until until)
    implements SourceConfig {
  /** How long the entries of a silent consumer stay with it where nothing else is said. */
  public static final Duration DEFAULT_CLAIM_IDLE = Duration.ofSeconds(60);

  /** Where a new group begins. */
  public enum Start {
    /** With the oldest entry that the stream still has. */
    EARLIEST("0"),
    /** With what is added after the group was made. */
    LATEST("$");

    private final String id;

    Start(String id) {
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  /** What becomes of entries that are acknowledged. */
  public enum Trim {
    /** They stay. */
    NONE,
    /** They are removed once no group of the stream needs them. */
    ACKNOWLEDGED
  }

  /** Streams that are no shards and are not trimmed. */
  public RedisSourceConfig(
      RedisConfig redis,
      List<String> streams,
      String group,
      Start start,
      FieldMapping fields,
      Duration claimIdle) {
    this(redis, streams, group, start, fields, claimIdle, Trim.NONE, null, Until.STOP);
  }

  /** Copies the list; refuses none, one twice, and a claim-idle that is not positive. */
  public RedisSourceConfig {
    streams = List.copyOf(streams);
    if (streams.isEmpty() || new HashSet<>(streams).size() < streams.size()) {
      throw new IllegalArgumentException("streams must be at least one and none twice: " + streams);
    }
    if (claimIdle.toMillis() < 1) {
      throw new IllegalArgumentException("claim-idle must be positive, not " + claimIdle);
    }
    if (shards != null && !streams.equals(shards.names())) {
      throw new IllegalArgumentException("the streams are not the shards " + shards);
    }
  }

  /** A group that reads streams from their oldest entry, with defaults for all else. */
  public static RedisSourceConfig of(String url, String group, String... streams) {
    return new RedisSourceConfig(
        RedisConfig.of(url),
        List.of(streams),
        group,
        Start.EARLIEST,
        FieldMapping.DEFAULT,
        DEFAULT_CLAIM_IDLE);
  }

  /** A group that reads a stream in shards, from the oldest entry of each. */
  public static RedisSourceConfig of(String url, String group, Shards shards) {
    return new RedisSourceConfig(
        RedisConfig.of(url),
        shards.names(),
        group,
        Start.EARLIEST,
        FieldMapping.DEFAULT,
        DEFAULT_CLAIM_IDLE,
        Trim.NONE,
        shards,
        Until.STOP);
  }

  /** The same with another start. */
  public RedisSourceConfig withStart(Start other) {
    return new RedisSourceConfig(
        redis, streams, group, other, fields, claimIdle, trim, shards, until);
  }

  /** The same with other field names. */
  public RedisSourceConfig withFields(FieldMapping other) {
    return new RedisSourceConfig(
        redis, streams, group, start, other, claimIdle, trim, shards, until);
  }

  /** The same with another claim-idle. */
  public RedisSourceConfig withClaimIdle(Duration other) {
    return new RedisSourceConfig(redis, streams, group, start, fields, other, trim, shards, until);
  }

  /** The same with another fate of acknowledged entries. */
  public RedisSourceConfig withTrim(Trim other) {
    return new RedisSourceConfig(
        redis, streams, group, start, fields, claimIdle, other, shards, until);
  }

  /** The same with another end. */
  public RedisSourceConfig withUntil(Until other) {
    return new RedisSourceConfig(
        redis, streams, group, start, fields, claimIdle, trim, shards, other);
  }

  /** One: a second one in the same process would read no faster. */
  @Override
  public String system() {
    return "redis";
  }

  @Override
  public int consumers() {
    return 1;
  }

  @Override
  public ReadLimits limits() {
    // A shard's entries pass on with its lease.
    Duration idle = shards == null ? claimIdle : shards.lease();
    return new ReadLimits(StreamReader.MOST_ENTRIES * streams.size(), 0, idle.toMillis());
  }

  @Override
  public String describe() {
    return shards == null ? String.join(", ", streams) : shards.toString();
  }

  @Override
  public List<String> names() {
    return streams;
  }

  @Override
  public boolean reads(String name) {
    return streams.contains(name);
  }

  /** {@code payments.payments.retry} for the group and the pipeline of this name. */
  @Override
  public String retryPrefix(String pipeline) {
    return group + "." + pipeline + ".retry";
  }

  /** One tier for all waits: what waits in it is sorted by the time when it is due. */
  @Override
  public String retryName(String prefix, String wait) {
    return prefix;
  }

  @Override
  public Optional<SourceConfig> retryTier(String name) {
    return Optional.of(RedisTierConfig.of(this, name));
  }

  /** One stream, also of a source in shards: what a fleet shares is not tried. */
  @Override
  public Optional<SourceConfig> trial(String name, String group) {
    return Optional.of(
        new RedisSourceConfig(
            redis, List.of(name), group, Start.EARLIEST, fields, claimIdle, trim, null, Until.END));
  }

  /** Both would be the consumer of the same name, which only one process and pipeline may be. */
  @Override
  public Optional<SourceConflict> conflict(SourceConfig earlier, String pipeline) {
    if (!(earlier instanceof RedisSourceConfig other)
        || !other.group().equals(group)
        || !other.redis().equals(redis)) {
      return Optional.empty();
    }
    return streams.stream()
        .filter(other::reads)
        .findFirst()
        .map(stream -> SourceConflict.sameInput(group, "stream '" + stream + "'", pipeline));
  }

  @Override
  public Source source(SourceEnvironment environment) {
    Vertx vertx = Vertx.currentContext().owner();
    return shards == null
        ? new RedisStreamSource(vertx, this, environment)
        : new ShardedStreamSource(vertx, this, shards, environment);
  }
}
