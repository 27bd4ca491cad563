package dev.tailrace.bench;

import dev.tailrace.local.KafkaBroker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills a topic with messages that say where they belong: key, place among those of the key,
 * partition, place in that, and the time of sending, as five numbers of eight bytes.
 */
final class TopicLoad implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final String topic;
  private final int partitions;
  private final double[] upTo; // by key, the share of it and those before it; empty without skew
  private final Random random = new Random(1);
  private final long[] places; // by key
  private final long[] placesThere; // by partition
  private final int bytes;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  TopicLoad(KafkaBroker broker, String topic, TopicShape shape) {
    this.topic = topic;
    this.partitions = shape.partitions();
    this.upTo = shape.skew() == 0 ? new double[0] : shares(shape.keys(), shape.skew());
    this.places = new long[shape.keys()];
    this.placesThere = new long[partitions];
    this.bytes = Math.max(shape.bytes(), 40);
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "batch.size", 262_144, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static double[] shares(int keys, double skew) {
    double[] upTo = new double[keys];
    double sum = 0;
    for (int key = 0; key < keys; key++) {
      sum += Math.pow(key + 1, -skew);
      upTo[key] = sum;
    }
    for (int key = 0; key < keys; key++) {
      upTo[key] /= sum;
    }
    return upTo;
  }

  /** Sends as fast as it goes. */
  void fill(int messages) {
    for (int i = 0; i < messages; i++) {
      send();
    }
    producer.flush();
  }

  /** Sends at an even pace until it is interrupted. */
  void pace(int perSecond) {
    long step = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = System.nanoTime();
    while (!Thread.currentThread().isInterrupted()) {
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      } else {
        send();
        due += step;
      }
    }
  }

  /**
   * Sends as many as have been committed, so that always about as many lie there, until it is
   * interrupted.
   *
   * @param committed how many are, of those that were sent before, too
   */
  void keep(int messages, Committed committed) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long due = committed.count() + messages;
        for (long left = due - sent; left > 0; left--) {
          send();
        }
        producer.flush();
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (InterruptedException | InterruptException end) {
      Thread.currentThread().interrupt();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Asks the broker. */
  interface Committed {
    long count() throws Exception;
  }

  private void send() {
    int key = upTo.length == 0 ? (int) (sent++ % places.length) : drawn();
    int partition = key % partitions;
    ByteBuffer body = ByteBuffer.allocate(bytes);
    body.putLong(key)
        .putLong(places[key]++)
        .putLong(partition)
        .putLong(placesThere[partition]++)
        .putLong(System.nanoTime());
    byte[] name = ("k" + key).getBytes(StandardCharsets.UTF_8);
    var unused = producer.send(new ProducerRecord<>(topic, partition, name, body.array()));
  }

  private int drawn() {
    int found = Arrays.binarySearch(upTo, random.nextDouble());
    return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
  }

  @Override
  public void close() {
    producer.close();
  }
}
