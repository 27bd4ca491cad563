package dev.tailrace.local;

import java.util.Map;
import java.util.UUID;

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
    new TopicAtWork(broker, name, partitions, settings).create();
  }

  /** A name for a topic, stream, group or key that no other test has. */
  static String uniqueName(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** A port of this machine where nobody listens, and that no connection gets by itself. */
  static int freePort() {
    return LocalProcess.freePort();
  }
}
