package dev.tailrace.redis.store;

import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.link.ServerInfo;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a server may have an idempotency store, and how far its word goes. */
final class StoreFitness {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFitness.class);

  private StoreFitness() {}

  /**
   * Fails with {@link UnfitException} where the server may evict records; says what else can be
   * lost.
   *
   * @param config where it is
   * @param info what it says of itself; empty where it does not tell us
   */
  static Future<Void> check(RedisConfig config, Optional<ServerInfo> info) {
    String policy = info.map(ServerInfo::evictionPolicy).orElse("");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      return Future.failedFuture(
          new UnfitException(
              config
                  + " may evict idempotency records (maxmemory-policy "
                  + policy
                  + "): a message would be processed again; set it to noeviction"));
    }
    info.ifPresentOrElse(
        server -> say(config, server),
        () -> LOG.warn("{} does not tell how it is configured; it must not evict records", config));
    return Future.succeededFuture();
  }

  /** How far the server's word goes, for people. */
  private static void say(RedisConfig config, ServerInfo info) {
    LOG.info("{} keeps finished keys: {}", config, info.durability());
    if (info.lacksAppendOnlyFile()) {
      LOG.warn(
          "{} keeps no append-only file: a crash of it forgets finished messages, which may then be"
              + " processed again",
          config);
    }
    if (config.servers().kind() != RedisServers.Kind.STANDALONE && !info.waitsForReplicas()) {
      LOG.warn(
          "{} confirms what no replica has: a failover may forget what finished last, which may then"
              + " be processed again; min-replicas-to-write bounds that",
          config);
    }
  }
}
