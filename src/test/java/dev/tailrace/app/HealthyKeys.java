package dev.tailrace.app;

import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSinkFactory;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.processing.RetryPolicy.Overflow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A load of many keys at a steady rate, of which some always fail, and what becomes of the others.
 */
final class HealthyKeys {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final int PARTITIONS = 8;
  private static final int KEYS = 1_000;
  private static final int LEAST_MILLIS = 5;
  private static final int MOST_MILLIS = 20;
  private static final int BACKLOG = 60_000;
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final List<Duration> TIERS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));

  private final Vertx vertx;
  private final KafkaBroker broker;
  private final SplittableRandom random;

  /** What becomes of keys that fail. */
  enum Way {
    /** None does. */
    ALL_HEALTHY(null),
    DEAD_LETTER(Overflow.DEAD_LETTER),
    MOVE(Overflow.MOVE),
    PAUSE(Overflow.PAUSE);

    private final @Nullable Overflow overflow;

    Way(@Nullable Overflow overflow) {
      this.overflow = overflow;
    }

    String label() {
      return overflow == null ? "all healthy" : name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What was seen of one round after it had warmed up.
   *
   * @param time of it
   * @param healthyDone messages of healthy keys that were done
   * @param medianMillis from the sending of such a message to its end
   * @param calls of handlers, for all keys
   * @param overflowed messages that were moved, or died before their last attempt
   */
  record Round(Duration time, long healthyDone, long medianMillis, long calls, long overflowed) {}

  HealthyKeys(Vertx vertx, KafkaBroker broker, long seed) {
    this.vertx = vertx;
    this.broker = broker;
    this.random = new SplittableRandom(seed);
  }

  /** Messages a second that the pool does with all keys healthy, while there is no end of them. */
  int capacity() throws Exception {
    Scene scene = new Scene(Way.ALL_HEALTHY);
    try (Sender sender = new Sender(scene.topic)) {
      for (int i = 0; i < BACKLOG; i++) {
        sender.send();
      }
    }
    Tailrace pool = scene.start();
    while (scene.healthy.get() < BACKLOG / 10) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    long begin = System.nanoTime();
    long before = scene.healthy.get();
    while (scene.healthy.get() < BACKLOG / 2) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    // Three keys of ten are not counted as healthy ones are, and take as long.
    double perNano = (scene.healthy.get() - before) / 0.7 / (System.nanoTime() - begin);
    Results.result(pool.drain(SIGTERM));
    return (int) (perNano * TimeUnit.SECONDS.toNanos(1));
  }

  /** Offers messages at a steady rate for a time. */
  Round play(Way way, int perSecond, Duration time) throws Exception {
    Scene scene = new Scene(way);
    Tailrace pool = scene.start();
    try (Sender sender = new Sender(scene.topic)) {
      long begin = System.nanoTime();
      sender.steadily(perSecond, begin, begin + WARM_UP.toNanos());
      Marks before = scene.marks();
      long end = begin + time.toNanos();
      sender.steadily(perSecond, begin, end);
      Round round = scene.since(before);
      Results.result(pool.drain(SIGTERM));
      return round;
    }
  }

  private static boolean isSick(Message message) {
    return Integer.parseInt(Objects.requireNonNull(message.key()).toString()) % 10 < 3;
  }

  private record Marks(long nanos, long healthy, long calls, long overflowed) {}

  /** One pool with topics of its own. */
  private final class Scene implements MessageHandler, PoolEvents {
    private final Way way;
    private final String topic = Servers.uniqueName("healthy");
    private final AtomicLong healthy = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong overflowed = new AtomicLong();
    private final ConcurrentLinkedQueue<Long> millis = new ConcurrentLinkedQueue<>();
    private final SplittableRandom work = random.split();

    Scene(Way way) {
      this.way = way;
      Servers.createTopic(broker, topic, PARTITIONS, Map.of());
      Servers.createTopic(broker, topic + ".dlq", PARTITIONS, Map.of());
    }

    Tailrace start() throws Exception {
      KafkaSourceConfig source = KafkaSourceConfig.of(broker.bootstrap(), topic, topic);
      KafkaClientConfig client = KafkaClientConfig.of(broker.bootstrap());
      RetryPolicy retry =
          RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(100), Duration.ofSeconds(1));
      Pipeline.Builder pipeline =
          Pipeline.named("healthy")
              .source(source)
              .handle(this)
              .retry(way.overflow == null ? retry : retry.with(way.overflow))
              .deadLetter(new KafkaSinkFactory(client, topic + ".dlq"))
              .events(this);
      if (way == Way.MOVE) {
        List<RetryTier> tiers = new ArrayList<>();
        for (Duration delay : TIERS) {
          String tier = topic + ".retry." + delay.toSeconds() + "s";
          Servers.createTopic(broker, tier, PARTITIONS, Map.of());
          tiers.add(
              new RetryTier(
                  delay, source.retryTier(tier).orElseThrow(), new KafkaSinkFactory(client, tier)));
        }
        pipeline.retryTiers(tiers);
      }
      return Results.result(
          Tailrace.builder(vertx)
              .add(pipeline.build())
              .drain(DrainConfig.within(Duration.ofSeconds(10)))
              .build()
              .start());
    }

    @Override
    public Future<Outcome> handle(Message message, MessageContext context) {
      calls.incrementAndGet();
      boolean fails = way.overflow != null && isSick(message);
      long takes = work.nextLong(LEAST_MILLIS, MOST_MILLIS + 1);
      return vertx
          .timer(takes, TimeUnit.MILLISECONDS)
          .compose(
              over ->
                  fails
                      ? Future.failedFuture(new IllegalStateException("always"))
                      : Future.succeededFuture(done(message)));
    }

    private Outcome done(Message message) {
      if (!isSick(message)) {
        healthy.incrementAndGet();
        long sent = Objects.requireNonNull(message.body()).getLong(0);
        millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent));
      }
      return Outcome.done();
    }

    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      if (finish == Finish.MOVED || detail.contains("overflow: ")) {
        overflowed.incrementAndGet();
      }
    }

    Marks marks() {
      millis.clear();
      return new Marks(System.nanoTime(), healthy.get(), calls.get(), overflowed.get());
    }

    Round since(Marks before) {
      long nanos = System.nanoTime() - before.nanos();
      List<Long> sorted = millis.stream().sorted().toList();
      return new Round(
          Duration.ofNanos(nanos),
          healthy.get() - before.healthy(),
          sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2),
          calls.get() - before.calls(),
          overflowed.get() - before.overflowed());
    }
  }

  /** Sends messages with the time of their sending. */
  private final class Sender implements AutoCloseable {
    private final String topic;
    private final SplittableRandom keys = random.split();
    private final KafkaProducer<byte[], byte[]> producer;
    private long sent;

    Sender(String topic) {
      this.topic = topic;
      this.producer =
          new KafkaProducer<>(
              Map.<String, Object>of(
                  "bootstrap.servers", broker.bootstrap(), "acks", "1", "linger.ms", "5"),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }

    void send() {
      byte[] key = Integer.toString(keys.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
      byte[] body = ByteBuffer.allocate(200).putLong(System.nanoTime()).array();
      var unused = producer.send(new ProducerRecord<>(topic, key, body)); // what is lost is missed
      sent++;
    }

    /** As many as there should be by now, again and again. */
    void steadily(int perSecond, long begin, long end) {
      for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
        long due = (now - begin) * perSecond / TimeUnit.SECONDS.toNanos(1);
        while (sent < due) {
          send();
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      }
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
