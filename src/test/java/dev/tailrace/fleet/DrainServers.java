package dev.tailrace.fleet;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.local.TestServer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The servers of drains: those that all share, and a broker and a Redis that are frozen, each for
 * one drain at a time. Thread-safe.
 */
final class DrainServers implements AutoCloseable {
  private final Servers shared = SharedServers.get();
  private final ReentrantLock kafkaTaken = new ReentrantLock();
  private final ReentrantLock redisTaken = new ReentrantLock();
  private @Nullable KafkaBroker kafka; // guarded by kafkaTaken
  private @Nullable RedisServer redis; // guarded by redisTaken

  /**
   * What one drain has.
   *
   * @param toFreeze is nobody else's; null for none
   */
  record Place(KafkaBroker kafka, RedisServer redis, @Nullable TestServer toFreeze) {
    void freeze() {
      if (toFreeze != null) {
        toFreeze.pause();
      }
    }

    void thaw() {
      if (toFreeze != null) {
        toFreeze.resume();
      }
    }
  }

  /** Something that is done at a place. */
  interface Stay<T> {
    T at(Place place) throws Exception;
  }

  /** Does something where a fault may happen. */
  <T> T at(DrainPlan.Fault fault, Stay<T> stay) throws Exception {
    return switch (fault) {
      case FROZEN_BROKER -> {
        kafkaTaken.lock();
        try {
          KafkaBroker own = kafka == null ? shared.newKafka() : kafka;
          kafka = own;
          yield stay.at(new Place(own, shared.redis(), own));
        } finally {
          kafkaTaken.unlock();
        }
      }
      case FROZEN_REDIS -> {
        redisTaken.lock();
        try {
          RedisServer own = redis == null ? shared.newRedis() : redis;
          redis = own;
          yield stay.at(new Place(shared.kafka(), own, own));
        } finally {
          redisTaken.unlock();
        }
      }
      default -> stay.at(new Place(shared.kafka(), shared.redis(), null));
    };
  }

  /** Ends those that are nobody else's; no drain may go on. */
  @Override
  public void close() {
    if (kafka != null) {
      kafka.close();
    }
    if (redis != null) {
      redis.close();
    }
  }
}
