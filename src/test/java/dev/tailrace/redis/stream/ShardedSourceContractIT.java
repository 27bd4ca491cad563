package dev.tailrace.redis.stream;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.RedisProbe;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceContract;
import dev.tailrace.source.SourceEnvironment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A shard keeps what every source promises. */
class ShardedSourceContractIT extends SourceContract {
  private final EventLoop loop = new EventLoop();
  private final String url = SharedServers.get().redis().url();
  private final RedisProbe probe = new RedisProbe(loop, url);
  private final String prefix = Servers.uniqueName("contract");

  @AfterEach
  void closeProbe() {
    probe.close();
    loop.close();
  }

  @Override
  protected Source source(SourceEnvironment environment) {
    return RedisSourceConfig.of(url, "workers", new Shards(prefix, 1)).source(environment);
  }

  @Override
  protected void produce(List<String> bodies) {
    bodies.forEach(body -> probe.add(prefix + ":0", body));
  }
}
