package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The poll loop of the client's documentation: it works on what a poll brought, one message after
 * the other, and commits what it is through with, every 100 ms without waiting for the answer. The
 * least that can be done; nothing is faster, and a message that takes its time holds up all others.
 */
public final class RawContender implements Contender {
  private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();

  private final Thread thread = new Thread(this::run, "raw");
  private volatile boolean stopping;
  private Setting setting = new Setting(Map.of()); // written before the thread starts
  private Work work; // written before the thread starts

  @Override
  public void start(Setting given, Work todo) {
    setting = given;
    work = todo;
    thread.start();
  }

  private void run() {
    Map<String, Object> settings = Map.copyOf(KafkaSettings.of(setting));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(setting.get("topic")));
      long committed = System.nanoTime();
      while (!stopping) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
        for (ConsumerRecord<byte[], byte[]> record : records) {
          handle(record.value());
        }
        if (System.nanoTime() - committed > COMMIT_NANOS) {
          committed = System.nanoTime();
          consumer.commitAsync();
        }
      }
      consumer.commitSync();
    }
  }

  private void handle(byte[] body) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(body));
    }
    work.done();
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
