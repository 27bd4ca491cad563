package dev.tailrace.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Makes a producer that is known to reach its topic. Blocks: for a worker. */
final class ProducerStart {
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(5);

  private ProducerStart() {}

  /**
   * Connects, and asks for the topic.
   *
   * @throws dev.tailrace.source.UnfitException where the broker answers and the topic is not there
   */
  static Producer<byte[], byte[]> connect(KafkaClientConfig client, String topic) {
    Producer<byte[], byte[]> producer = KafkaSink.producer(client, topic);
    try {
      partitions(client, producer, topic);
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

  /** The producer cannot tell a missing topic from a silent broker: both are a time-out. */
  private static void partitions(
      KafkaClientConfig client, Producer<byte[], byte[]> producer, String topic) {
    try {
      producer.partitionsFor(topic);
    } catch (TimeoutException silent) {
      try {
        new TopicCheck(Set.of(topic), client.bootstrap()).check(topics(client));
      } catch (TimeoutException alsoSilent) {
        silent.addSuppressed(alsoSilent);
      }
      throw silent;
    }
  }

  private static Set<String> topics(KafkaClientConfig client) {
    Map<String, Object> settings = ClientKeys.ofAdmin(client);
    Admin admin = Admin.create(settings);
    try {
      return admin.listTopics().names().get(ADMIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof KafkaException cause
          ? cause
          : new KafkaException("topics cannot be listed", failure.getCause());
    } catch (java.util.concurrent.TimeoutException silent) {
      throw new TimeoutException("no list of topics within " + ADMIN_LIMIT, silent);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", interrupted);
    } finally {
      admin.close(Duration.ZERO);
    }
  }
}
