package dev.tailrace.chaos;

import java.net.URI;
import redis.clients.jedis.Jedis;

/** FLUSHALL: the store forgets all it knew. Streams would go too, which is a loss at the source. */
final class StoreFlush implements Fault {
  @Override
  public String name() {
    return "redis flushall";
  }

  @Override
  public void inject(Scene scene) {
    try (Jedis redis = new Jedis(URI.create(scene.redis().url()))) {
      redis.flushAll();
    }
  }
}
