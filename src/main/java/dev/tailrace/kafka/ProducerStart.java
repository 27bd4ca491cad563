package dev.tailrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Makes a producer that is known to reach its topic, and that refuses by itself what the topic is
 * too small for. Blocks: for a worker.
 *
 * <p>Left to the broker, a message that is too large takes small ones with it that share its batch:
 * the client splits the batch, puts the same two together again, and so on until the delivery
 * time-out.
 */
final class ProducerStart {
  private static final int NATIVE_BATCH_BYTES = 16_384;
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(5);

  private ProducerStart() {}

  /**
   * Connects, and asks for the topic.
   *
   * @throws dev.tailrace.source.UnfitException where the broker answers and the topic is not there,
   *     or this user may not write to it
   */
  static Producer<byte[], byte[]> connect(
      KafkaClientConfig client, String topic, MissingTopics missing, String clientId) {
    Map<String, Object> settings = ClientSettings.producer(client, clientId);
    Admin admin = Admin.create(ClientKeys.ofAdmin(client));
    try {
      Set<String> topics = AdminAnswer.of(admin.listTopics().names(), ADMIN_LIMIT);
      if (!topics.contains(topic)) {
        missing(client, topic, missing, topics);
      }
      new AccessCheck(admin, client, ADMIN_LIMIT).writing(topic);
      largestMessage(admin, topic)
          .ifPresent(
              most -> {
                lower(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, most);
                lower(settings, ProducerConfig.BATCH_SIZE_CONFIG, most);
              });
    } finally {
      admin.close(Duration.ZERO);
    }
    return reaching(topic, new KafkaProducer<>(settings));
  }

  private static void missing(
      KafkaClientConfig client, String topic, MissingTopics missing, Set<String> topics) {
    switch (missing) {
      case FAIL -> new TopicCheck(Set.of(topic), client.bootstrap()).check(topics);
      case CREATE -> TopicCreation.createNow(client, List.of(topic), ADMIN_LIMIT);
      case WAIT -> throw new MissingTopicException(topic, client.bootstrap());
    }
  }

  private static Producer<byte[], byte[]> reaching(
      String topic, Producer<byte[], byte[]> producer) {
    try {
      var unused = producer.partitionsFor(topic);
      return producer;
    } catch (RuntimeException failure) {
      try {
        producer.close(Duration.ZERO);
      } catch (RuntimeException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  private static void lower(Map<String, Object> settings, String key, int most) {
    Object set = settings.get(key);
    int now = set == null ? NATIVE_BATCH_BYTES : Integer.parseInt(String.valueOf(set));
    settings.put(key, Integer.toString(Math.min(now, most)));
  }

  /** The topic's limit, or empty where this user may not see it. */
  private static OptionalInt largestMessage(Admin admin, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config =
          AdminAnswer.of(admin.describeConfigs(Set.of(resource)).all(), ADMIN_LIMIT).get(resource);
      ConfigEntry entry = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      return entry == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(entry.value()));
    } catch (AuthorizationException unseen) {
      return OptionalInt.empty();
    }
  }
}
