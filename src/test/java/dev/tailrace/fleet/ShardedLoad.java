package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/** Messages of some keys to the shards of a stream, evenly over some time. */
final class ShardedLoad implements Callable<@Nullable Void> {
  private static final int BATCH = 100;

  private final String redisUrl;
  private final String prefix;
  private final Size size;

  /**
   * How much.
   *
   * @param shards over which the keys are spread
   * @param keys how many there are
   * @param messages in all
   * @param seconds over which they are added
   */
  record Size(int shards, int keys, int messages, long seconds) {}

  ShardedLoad(String redisUrl, String prefix, Size size) {
    this.redisUrl = redisUrl;
    this.prefix = prefix;
    this.size = size;
  }

  /** The shard of a key: any hash will do that all producers share. */
  static String shard(String prefix, String key, int shards) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(UTF_8));
    return prefix + ":" + crc.getValue() % shards;
  }

  @Override
  public @Nullable Void call() {
    try (Jedis redis = new Jedis(URI.create(redisUrl))) {
      long pause = TimeUnit.SECONDS.toNanos(size.seconds()) * BATCH / size.messages();
      long next = System.nanoTime();
      for (int added = 0; added < size.messages(); added += BATCH) {
        Pipeline pipeline = redis.pipelined();
        for (int i = added; i < Math.min(size.messages(), added + BATCH); i++) {
          String key = "k" + i % size.keys();
          pipeline.xadd(
              shard(prefix, key, size.shards()),
              StreamEntryID.NEW_ENTRY,
              Map.of("key", key, "value", "pay " + i));
        }
        pipeline.sync();
        next += pause;
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
    return null;
  }
}
