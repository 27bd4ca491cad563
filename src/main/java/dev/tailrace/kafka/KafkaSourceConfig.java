package dev.tailrace.kafka;

import dev.tailrace.source.BareReader;
import dev.tailrace.source.PositionMetadata;
import dev.tailrace.source.ReadLimits;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceConflict;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.Until;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The settings of a Kafka source. Immutable: each {@code with} makes another.
 *
 * <p>Beyond the pool's own bound the client holds what it fetched ahead: at most {@code
 * max.partition.fetch.bytes} (1 MiB), or one larger batch, for each assigned partition, and for
 * each broker the answer that is arriving, at most {@code fetch.max.bytes} (16 MiB).
 *
 * @param client where the brokers are, and native settings
 * @param subscription what is read
 * @param membership the group, and how the source is its member
 * @param start where a group begins that has no position
 * @param consumers members in this process, at least 1
 * @param window how far above the lowest unfinished message of a partition others may begin, from 1
 *     to {@link PositionMetadata#MAX_WINDOW}
 * @param outOfRange what becomes of a partition whose next position the broker does not hold
 * @param until how long it reads
 */
public record KafkaSourceConfig(
    KafkaClientConfig client,
    Subscription subscription,
    Membership membership,
    StartPosition start,
    int consumers,
    int window,
    OutOfRange outOfRange,
    Until until)
    implements SourceConfig {
  private static final long DEFAULT_POLL_INTERVAL_MILLIS = 300_000;
  private static final int DEFAULT_POLL_RECORDS = 500;

  /** Refuses what does not go together; the message names the setting. */
  public KafkaSourceConfig {
    if (consumers < 1) {
      throw new IllegalArgumentException("consumers must be at least 1, not " + consumers);
    }
    if (window < 1 || window > PositionMetadata.MAX_WINDOW) {
      throw new IllegalArgumentException(
          "window must be from 1 to " + PositionMetadata.MAX_WINDOW + ", not " + window);
    }
    if (!membership.protocol().isClassic()) {
      ClientKeys.ofClassicGroupsOnly(client)
          .ifPresent(
              key -> {
                throw new IllegalArgumentException(
                    key + " does not go with protocol consumer: it is the brokers' setting");
              });
    }
    Duration most = mostRevokeDeadline(client);
    if (membership.revokeDeadline().compareTo(most) >= 0) {
      throw new IllegalArgumentException(
          "revoke-deadline must be less than half of max.poll.interval.ms, " + most);
    }
  }

  /**
   * Topics read by a group, which begins at the oldest message, with all defaults.
   *
   * @param bootstrap the brokers, {@code host:port} with commas between
   */
  public static KafkaSourceConfig of(String bootstrap, String group, String... topics) {
    return new KafkaSourceConfig(
        KafkaClientConfig.of(bootstrap),
        Subscription.topics(new LinkedHashSet<>(Arrays.asList(topics))),
        Membership.of(group),
        StartPosition.earliest(),
        1,
        PositionMetadata.MAX_WINDOW,
        OutOfRange.EARLIEST,
        Until.STOP);
  }

  /** Half of the client's longest time between polls: a callback may use less than that. */
  static Duration mostRevokeDeadline(KafkaClientConfig client) {
    String interval = client.settings().get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    try {
      long millis = interval == null ? DEFAULT_POLL_INTERVAL_MILLIS : Long.parseLong(interval);
      return Duration.ofMillis(millis / 2);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG + " is no number: " + interval, notANumber);
    }
  }

  /** Other brokers, or other native settings. */
  public KafkaSourceConfig withClient(KafkaClientConfig client) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another membership. */
  public KafkaSourceConfig withMembership(Membership membership) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another place to begin. */
  public KafkaSourceConfig withStart(StartPosition start) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another number of members in this process. */
  public KafkaSourceConfig withConsumers(int consumers) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another window. */
  public KafkaSourceConfig withWindow(int window) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another subscription. */
  public KafkaSourceConfig withSubscription(Subscription subscription) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another answer to positions that the broker does not hold. */
  public KafkaSourceConfig withOutOfRange(OutOfRange outOfRange) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Another end. */
  public KafkaSourceConfig withUntil(Until until) {
    return new KafkaSourceConfig(
        client, subscription, membership, start, consumers, window, outOfRange, until);
  }

  /** Where the brokers are. */
  public String bootstrap() {
    return client.bootstrap();
  }

  @Override
  public String system() {
    return "kafka";
  }

  @Override
  public String group() {
    return membership.group();
  }

  @Override
  public ReadLimits limits() {
    String most = client.settings().get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
    return new ReadLimits(most == null ? DEFAULT_POLL_RECORDS : Integer.parseInt(most), window, 0);
  }

  @Override
  public String describe() {
    return subscription.toString();
  }

  @Override
  public boolean reads(String name) {
    return subscription.matches(name);
  }

  /** {@code orders.orders.retry.1m} for the group and the pipeline of this name. */
  @Override
  public String retryPrefix(String pipeline) {
    return membership.group() + "." + pipeline + ".retry.";
  }

  @Override
  public Optional<SourceConfig> retryTier(String name) {
    return Optional.of(KafkaTierConfig.of(this, name));
  }

  /** A dynamic member, which leaves nothing behind. */
  @Override
  public Optional<SourceConfig> trial(String name, String group) {
    Membership trial =
        Membership.of(group, membership.protocol()).withRevokeDeadline(membership.revokeDeadline());
    return Optional.of(
        withSubscription(Subscription.topics(Set.of(name)))
            .withMembership(trial)
            .withStart(StartPosition.earliest())
            .withUntil(Until.END));
  }

  @Override
  public Optional<BareReader> bareReader() {
    return Optional.of(new KafkaBareReader(this));
  }

  @Override
  public Optional<SourceConflict> conflict(SourceConfig earlier, String pipeline) {
    return earlier instanceof KafkaSourceConfig other
        ? new GroupSharing(other, pipeline, this).conflict()
        : Optional.empty();
  }

  @Override
  public Source source(SourceEnvironment environment) {
    return new KafkaSource(
        Vertx.currentContext().owner(), environment, this, RecordForm.MESSAGE, KafkaConsumer::new);
  }
}
