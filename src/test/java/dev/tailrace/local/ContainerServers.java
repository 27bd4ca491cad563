package dev.tailrace.local;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * Servers in containers. Where no engine answers, whoever asks for one has its test skipped, with
 * that reason.
 */
public final class ContainerServers implements Servers {
  private @Nullable KafkaBroker kafka; // guarded by this
  private @Nullable RedisServer redis; // guarded by this

  @Override
  public synchronized KafkaBroker kafka() {
    KafkaBroker running = kafka;
    if (running == null) {
      kafka = running = newKafka();
    }
    return running;
  }

  @Override
  public synchronized RedisServer redis() {
    RedisServer running = redis;
    if (running == null) {
      redis = running = newRedis();
    }
    return running;
  }

  @Override
  public KafkaBroker newKafka() {
    requireEngine();
    return ContainerKafka.start();
  }

  @Override
  public RedisServer newRedis() {
    requireEngine();
    return ContainerRedis.start();
  }

  private static void requireEngine() {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(), "no container engine answers");
  }
}
