package dev.tailrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tailrace.chaos.PipelinePlan.Broker;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Messages for one pipeline at an even rate, held back while too many wait. What was produced is
 * asked of the broker in the end, so that an answer that was lost on the way does not matter.
 */
final class Load implements AutoCloseable {
  private static final int KEYS = 997;
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MOST_WAITING = 15_000;

  /** Longer than any fault keeps a broker away. */
  private static final String PATIENCE_MILLIS = "300000";

  private static final String BODY = "x".repeat(64);

  private final PipelinePlan plan;
  private final String name;
  private final Sender sender;
  private final SeenEffects effects;
  private final Thread thread = new Thread(this::produce, "load");
  private volatile boolean over;
  private volatile @Nullable Exception failure;

  private interface Sender extends AutoCloseable {
    /** Sends some messages, numbered from {@code first}; says how many were acknowledged. */
    int send(long first, int count) throws Exception;

    @Override
    void close();
  }

  Load(PipelinePlan plan, String name, Scene scene, SeenEffects effects) {
    this.plan = plan;
    this.name = name;
    this.effects = effects;
    this.sender =
        plan.broker() == Broker.KAFKA ? new ToKafka(scene.kafka()) : new ToRedis(scene.redis());
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends nothing more; fails where it could not send. */
  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
    sender.close();
    if (failure != null) {
      throw new IllegalStateException("the load of " + plan.name() + " failed", failure);
    }
  }

  private void produce() {
    int perTick = (int) Math.max(1, plan.messagesPerSecond() * TICK / 1_000_000_000L);
    long next = System.nanoTime();
    long number = 0;
    long sent = 0;
    try {
      while (!over) {
        if (sent - effects.look(plan.name()) < MOST_WAITING) {
          sent += sender.send(number, perTick);
          number += perTick;
        }
        next = Math.max(next + TICK, System.nanoTime() - TICK);
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (Exception thrown) {
      failure = thrown;
    }
  }

  private final class ToKafka implements Sender {
    private final KafkaProducer<String, String> producer;

    ToKafka(KafkaBroker kafka) {
      producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers",
                  kafka.bootstrap(),
                  "acks",
                  "all",
                  "linger.ms",
                  "5",
                  "max.block.ms",
                  PATIENCE_MILLIS,
                  "delivery.timeout.ms",
                  PATIENCE_MILLIS),
              new StringSerializer(),
              new StringSerializer());
    }

    @Override
    public int send(long first, int count) throws Exception {
      List<Future<RecordMetadata>> futures = new ArrayList<>(count);
      for (long i = first; i < first + count; i++) {
        ProducerRecord<String, String> message =
            new ProducerRecord<>(name, null, "k" + i % KEYS, BODY);
        message.headers().add(new RecordHeader("idempotency-key", id(i).getBytes(UTF_8)));
        futures.add(producer.send(message));
      }
      for (Future<RecordMetadata> each : futures) {
        each.get();
      }
      return count;
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private final class ToRedis implements Sender {
    private final RedisServer redis;
    private @Nullable Jedis connection; // the load's thread, then who closes

    ToRedis(RedisServer redis) {
      this.redis = redis;
    }

    @Override
    public int send(long first, int count) {
      try {
        Jedis open = connection;
        if (open == null) {
          connection = open = new Jedis(URI.create(redis.url()));
        }
        Pipeline pipeline = open.pipelined();
        for (long i = first; i < first + count; i++) {
          Map<String, String> fields =
              Map.of("key", "k" + i % KEYS, "value", BODY, "h.idempotency-key", id(i));
          pipeline.xadd(name, StreamEntryID.NEW_ENTRY, fields);
        }
        pipeline.sync();
        return count;
      } catch (JedisException away) {
        close();
        return 0;
      }
    }

    @Override
    public void close() {
      Jedis open = connection;
      connection = null;
      if (open != null) {
        try {
          open.close();
        } catch (JedisException broken) {
          // it is gone as it should be
        }
      }
    }
  }

  private String id(long number) {
    return plan.name() + "-" + number;
  }
}
