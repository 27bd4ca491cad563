package dev.tailrace.redis.store;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.idempotency.StoreFactory;
import dev.tailrace.idempotency.StoreType;
import dev.tailrace.redis.link.RedisConfig;
import io.vertx.core.Vertx;

/** {@code idempotency: {store: redis}}: claims in the servers of the root section {@code redis}. */
public final class RedisStoreType implements StoreType {
  @Override
  public String type() {
    return "redis";
  }

  @Override
  public StoreFactory read(ConfigSection root, ConfigSection idempotency) throws ConfigException {
    RedisConfig config = RedisConfig.read(root);
    int nearCache = idempotency.integer("near-cache");
    return (loop, namespace) ->
        new RedisIdempotencyStore(
            Vertx.currentContext().owner(), loop, config, namespace, nearCache);
  }
}
