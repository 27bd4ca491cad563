package dev.tailrace.chaos;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;

/** The servers of a campaign, its own, since faults may reach them. */
record Surroundings(KafkaBroker kafka, RedisServer redis) implements AutoCloseable {
  static Surroundings start(Servers servers) {
    KafkaBroker kafka = servers.newKafka();
    try {
      return new Surroundings(kafka, servers.newRedis());
    } catch (RuntimeException failure) {
      kafka.close();
      throw failure;
    }
  }

  @Override
  public void close() {
    try (kafka) {
      redis.close();
    }
  }
}
