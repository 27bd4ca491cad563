package dev.tailrace.local;

import org.jspecify.annotations.Nullable;

/** Servers as processes on this machine. Thread-safe; they end with the JVM, however it ends. */
public final class LocalServers implements Servers {
  private @Nullable KafkaBroker kafka; // guarded by this
  private @Nullable RedisServer redis; // guarded by this

  @Override
  public synchronized KafkaBroker kafka() {
    KafkaBroker running = kafka;
    if (running == null) {
      kafka = running = LocalKafka.start();
    }
    return running;
  }

  @Override
  public synchronized RedisServer redis() {
    RedisServer running = redis;
    if (running == null) {
      redis = running = LocalRedis.start();
    }
    return running;
  }

  @Override
  public KafkaBroker newKafka() {
    return LocalKafka.start();
  }

  @Override
  public RedisServer newRedis() {
    return LocalRedis.start();
  }
}
