package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/** The same number of messages to a topic and to a stream, evenly over some time. */
final class Load implements Callable<@Nullable Void> {
  private static final int BATCH = 500;
  private static final int KEYS = 997;

  private final String bootstrap;
  private final String redisUrl;
  private final String name;
  private final int messages;
  private final long seconds;

  Load(String bootstrap, String redisUrl, String name, int messages, long seconds) {
    this.bootstrap = bootstrap;
    this.redisUrl = redisUrl;
    this.name = name;
    this.messages = messages;
    this.seconds = seconds;
  }

  /**
   * Whatever loads of this name wrote was done once and in order, and nothing of it is pending any
   * more.
   *
   * @param folder where the effects of all are
   * @param messages of each kind, over all loads
   */
  static void assertDoneOnce(Path folder, String redisUrl, String name, int messages)
      throws IOException {
    Effects effects = Effects.read(folder);
    assertThat(effects.repeated()).as("repeated").isEmpty();
    assertThat(effects.distinct(name + "/")).as("from Kafka").isEqualTo(messages);
    assertThat(effects.distinct(name)).as("from both").isEqualTo(2L * messages);
    assertThat(effects.outOfOrder(name + "/")).as("out of order").isEmpty();
    try (Jedis redis = new Jedis(URI.create(redisUrl))) {
      assertThat(redis.xinfoGroup(name))
          .singleElement()
          .satisfies(group -> assertThat(group.getPending()).as("pending in Redis").isZero());
    }
  }

  @Override
  public @Nullable Void call() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all");
    try (var producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        Jedis redis = new Jedis(URI.create(redisUrl))) {
      long pause = TimeUnit.SECONDS.toNanos(seconds) * BATCH / messages;
      long next = System.nanoTime();
      for (int sent = 0; sent < messages; sent += BATCH) {
        batch(producer, redis, sent);
        next += pause;
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
    return null;
  }

  private void batch(KafkaProducer<String, String> producer, Jedis redis, int from)
      throws Exception {
    Pipeline pipeline = redis.pipelined();
    List<Future<RecordMetadata>> sent = new ArrayList<>(BATCH);
    for (int i = from; i < Math.min(messages, from + BATCH); i++) {
      String key = "k" + (i % KEYS);
      sent.add(producer.send(new ProducerRecord<>(name, key, "order " + i)));
      pipeline.xadd(name, StreamEntryID.NEW_ENTRY, Map.of("key", key, "value", "pay " + i));
    }
    for (Future<RecordMetadata> each : sent) {
      each.get();
    }
    pipeline.sync();
  }
}
