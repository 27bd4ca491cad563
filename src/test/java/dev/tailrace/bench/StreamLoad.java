package dev.tailrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tailrace.local.RedisServer;
import java.net.URI;
import java.nio.ByteBuffer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.StreamGroupInfo;

/**
 * A stream of messages that say where they belong, as those of {@link TopicLoad} do, in one
 * partition. The nth entry has the id {@code n-0}.
 */
final class StreamLoad implements AutoCloseable {
  private static final int AT_ONCE = 10_000;
  private static final int PATIENCE_MILLIS = 60_000;

  private static final byte[] KEY = "key".getBytes(UTF_8);
  private static final byte[] VALUE = "value".getBytes(UTF_8);

  private final Jedis redis;
  private final String stream;
  private final TopicShape shape;

  /**
   * Connects.
   *
   * @param hz how often a second the server looks for what has expired
   */
  StreamLoad(RedisServer server, String stream, TopicShape shape, String hz) {
    this.redis = new Jedis(URI.create(server.url()), PATIENCE_MILLIS);
    this.stream = stream;
    this.shape = shape;
    redis.configSet("auto-aof-rewrite-percentage", "0"); // a fork in the midst of a round
    redis.configSet("hz", hz);
  }

  /** Adds so many. */
  void fill(int messages) {
    Pipeline pipeline = redis.pipelined();
    for (int i = 0; i < messages; i++) {
      int key = i % shape.keys();
      byte[] body =
          ByteBuffer.allocate(Math.max(shape.bytes(), 40))
              .putLong(key)
              .putLong(i / shape.keys())
              .putLong(0)
              .putLong(i)
              .putLong(System.nanoTime())
              .array();
      pipeline.sendCommand(
          Protocol.Command.XADD,
          stream.getBytes(UTF_8),
          ((i + 1) + "-0").getBytes(UTF_8),
          KEY,
          ("k" + key).getBytes(UTF_8),
          VALUE,
          body);
      if (i % AT_ONCE == AT_ONCE - 1) {
        pipeline.sync();
      }
    }
    pipeline.sync();
  }

  /** Removes everything. */
  void empty() {
    redis.flushAll();
  }

  /** Entries that the group was given, and that are not pending any more. */
  long acknowledged(String group) {
    for (StreamGroupInfo info : redis.xinfoGroup(stream)) {
      if (info.getName().equals(group)) {
        StreamEntryID last = info.getLastDeliveredId();
        return last.getTime() - info.getPending();
      }
    }
    throw new IllegalStateException("no group " + group);
  }

  @Override
  public void close() {
    redis.close();
  }
}
