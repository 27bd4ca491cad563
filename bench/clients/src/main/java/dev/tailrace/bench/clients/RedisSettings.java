package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Setting;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.util.List;

/** Where Redis is: {@code redis}, one address, or those of a cluster, parted by commas. */
final class RedisSettings {
  private static final int MOST_WAITING = 1 << 22;

  private RedisSettings() {}

  static RedisConfig ours(Setting setting) {
    List<String> urls = urls(setting);
    return urls.size() == 1
        ? RedisConfig.of(urls.get(0))
        : new RedisConfig(RedisServers.cluster(urls), null, null, RedisConfig.DEFAULT_TIMEOUT);
  }

  static RedisOptions client(Setting setting) {
    List<String> urls = urls(setting);
    RedisOptions options = new RedisOptions().setMaxWaitingHandlers(MOST_WAITING);
    if (urls.size() > 1) {
      options.setType(RedisClientType.CLUSTER);
    }
    urls.forEach(options::addConnectionString);
    return options;
  }

  private static List<String> urls(Setting setting) {
    return List.of(setting.get("redis").split(","));
  }
}
