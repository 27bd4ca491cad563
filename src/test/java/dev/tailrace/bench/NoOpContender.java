package dev.tailrace.bench;

import dev.tailrace.app.ConsumerVerticle;
import dev.tailrace.app.Pipeline;
import dev.tailrace.dispatch.Order;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * One contender in a JVM of its own: reads a topic to its end, and prints messages per second and
 * CPU microseconds per message over the part after the warm-up.
 */
public final class NoOpContender {
  private final String bootstrap;
  private final String topic;
  private final String group;
  private final long warmUp;
  private final long total;
  private final AtomicLong seen = new AtomicLong(); // written by one thread, read by the main one
  private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
  private final CountDownLatch warm = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  private NoOpContender(String bootstrap, String topic, String group, long total) {
    this.bootstrap = bootstrap;
    this.topic = topic;
    this.group = group;
    this.total = total;
    this.warmUp = total / 3;
  }

  /** Arguments: contender (raw, key, partition, unordered), bootstrap, topic, group, messages. */
  public static void main(String[] args) throws Exception {
    NoOpContender contender = new NoOpContender(args[1], args[2], args[3], Long.parseLong(args[4]));
    if (args[0].equals("raw")) {
      Thread reader = new Thread(contender::readRaw, "raw");
      reader.setDaemon(true);
      reader.start();
    } else {
      contender.readPooled(Order.valueOf(args[0].toUpperCase(Locale.ROOT)));
    }
    contender.measure(args[0]);
    System.exit(0);
  }

  private void measure(String name) throws InterruptedException {
    warm.await();
    long from = seen.get();
    long began = System.nanoTime();
    long cpuBegan = cpuNanos();
    if (!done.await(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException(name + " read only " + seen.get(), failed.get());
    }
    long nanos = System.nanoTime() - began;
    long cpu = cpuNanos() - cpuBegan;
    long messages = seen.get() - from;
    System.out.printf(
        Locale.ROOT, "%s %.0f %.3f%n", name, messages * 1e9 / nanos, cpu / 1e3 / messages);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void count(long more) {
    long now = seen.addAndGet(more);
    if (now >= warmUp) {
      warm.countDown();
    }
    if (now >= total) {
      done.countDown();
    }
  }

  private void readRaw() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "group.id",
            group,
            "enable.auto.commit",
            false,
            "isolation.level",
            "read_committed",
            "fetch.max.wait.ms",
            100,
            "auto.offset.reset",
            "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (seen.get() < total) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
        consumer.commitAsync();
        count(records.count());
      }
      consumer.commitSync();
    }
  }

  private void readPooled(Order order) {
    MessageHandler handler =
        (message, context) -> {
          count(1);
          return DONE;
        };
    Pipeline pipeline =
        Pipeline.named("bench")
            .source(KafkaSourceConfig.of(bootstrap, group, topic))
            .order(order)
            .handle(handler)
            .build();
    Vertx.vertx().deployVerticle(new ConsumerVerticle(pipeline)).onFailure(failed::set);
  }

  private static final Future<Outcome> DONE = Future.succeededFuture(Outcome.done());
}
