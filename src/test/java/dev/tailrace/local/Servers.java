package dev.tailrace.local;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The servers of a test run. The shared ones start at first use and live as long as the JVM: tests
 * that freeze or kill take new ones of their own.
 */
public interface Servers {
  /** The broker all tests share. */
  KafkaBroker kafka();

  /** The Redis all tests share. */
  RedisServer redis();

  /** A broker of the caller's own, running; the caller closes it. */
  KafkaBroker newKafka();

  /** A Redis of the caller's own, running; the caller closes it. */
  RedisServer newRedis();

  /** Creates a topic on the shared broker; done when the broker says so. */
  default void createTopic(String name, int partitions) {
    createTopic(kafka(), name, partitions, Map.of());
  }

  /** Creates a topic with settings of its own on any broker; done when its leaders answer. */
  static void createTopic(
      KafkaBroker broker, String name, int partitions, Map<String, String> settings) {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()))) {
      NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
      admin.createTopics(List.of(topic.configs(settings))).all().get();
      // Only a leader answers this: before, a producer with several requests under way may stall.
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
      }
      admin.listOffsets(ends).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topic " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topic " + name, e);
    }
  }

  /** A name for a topic, stream, group or key that no other test has. */
  static String uniqueName(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
