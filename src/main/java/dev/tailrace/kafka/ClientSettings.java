package dev.tailrace.kafka;

import dev.tailrace.source.SourceEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka's clients are given: the user's settings, our defaults under them, ours over them. */
final class ClientSettings {
  private static final String DEFAULT_MAX_BLOCK_MILLIS = "5000";
  private static final String DEFAULT_DELIVERY_MILLIS = "30000";
  private static final String NATIVE_DELIVERY_MILLIS = "120000";
  private static final String DEFAULT_REQUEST_MILLIS = "10000";
  private static final String DEFAULT_MAX_REQUEST_BYTES = Integer.toString(16 << 20);

  /** Of one answer of a broker; Kafka's own default is 50 MiB. */
  private static final String DEFAULT_FETCH_BYTES = Integer.toString(16 << 20);

  /** Of one partition in it, which is held until it is polled. */
  private static final String DEFAULT_PARTITION_FETCH_BYTES = Integer.toString(1 << 20);

  private ClientSettings() {}

  /**
   * Of a member of a group.
   *
   * @param suffix what its client id has behind the consumer's number
   */
  static Map<String, Object> consumer(
      KafkaSourceConfig config, SourceEnvironment environment, String suffix) {
    Map<String, Object> settings = reading(config.client());
    // How soon topics and partitions are found that are new.
    settings.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "30000");
    Membership membership = config.membership();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, membership.group());
    settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, membership.protocol().label());
    Assignor assignor = membership.protocol().assignor();
    if (assignor != null) {
      settings.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(assignor.implementation()));
    }
    String instanceId = membership.instanceId(environment.consumer());
    if (instanceId != null) {
      settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
    }
    settings.put(
        ConsumerConfig.CLIENT_ID_CONFIG,
        "tailrace-"
            + environment.pipeline()
            + "-"
            + environment.instance()
            + "-"
            + environment.consumer()
            + suffix);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    // Where a group begins, and what becomes of positions that the broker does not hold, is ours to
    // say: the client would go on somewhere else and tell nobody.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  private static Map<String, Object> reading(KafkaClientConfig client) {
    Map<String, Object> settings = ClientKeys.ofConsumer(client);
    settings.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");
    settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, DEFAULT_FETCH_BYTES);
    settings.putIfAbsent(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, DEFAULT_PARTITION_FETCH_BYTES);
    return settings;
  }

  /** A consumer that is in no group, and reads where it is told to. */
  static Map<String, Object> reader(KafkaClientConfig client, String clientId) {
    Map<String, Object> settings = reading(client);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  static Map<String, Object> producer(KafkaClientConfig client, String clientId) {
    Map<String, Object> settings = ClientKeys.ofProducer(client);
    settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, DEFAULT_MAX_BLOCK_MILLIS);
    if (!settings.containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
        && !settings.containsKey(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
      settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DEFAULT_DELIVERY_MILLIS);
      settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DEFAULT_REQUEST_MILLIS);
    }
    settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_MAX_REQUEST_BYTES);
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // With more, a broker that is just becoming leader may refuse the first batch, take the
    // second, and then refuse the first as out of sequence until the delivery time-out.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return settings;
  }

  /** How long the producer may take for a message, from the call to its answer. */
  static Duration sendLimit(KafkaClientConfig client) {
    Map<String, Object> settings = producer(client, "");
    return millis(settings, ProducerConfig.MAX_BLOCK_MS_CONFIG)
        .plus(millis(settings, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG));
  }

  private static Duration millis(Map<String, Object> settings, String key) {
    Object set = settings.getOrDefault(key, NATIVE_DELIVERY_MILLIS);
    return Duration.ofMillis(Long.parseLong(String.valueOf(set)));
  }
}
