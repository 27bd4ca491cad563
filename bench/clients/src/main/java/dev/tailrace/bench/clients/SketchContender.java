package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What a careful engineer writes in an afternoon: the raw client, a thread for each slice of the
 * keys, a bound on what is in hand, and a commit of the lowest offset that is not finished; or,
 * without order, a thread for each message, a virtual one where the JVM has them. There is no
 * answer to rebalances, retries, poison or a stop with a deadline.
 */
public final class SketchContender implements Contender {
  private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();
  private static final int IN_HAND = 2_048;
  private static final int MOST_THREADS = 32;

  private final Thread thread = new Thread(this::run, "sketch");
  private int most = IN_HAND; // written before the thread starts
  private Semaphore room = new Semaphore(IN_HAND); // written before the thread starts
  private final Map<TopicPartition, Progress> progress = new HashMap<>(); // the poll thread only
  private ExecutorService[] slices = new ExecutorService[0]; // written before the thread starts
  private volatile boolean stopping;
  private Setting setting = new Setting(Map.of()); // written before the thread starts
  private Work work; // written before the thread starts

  /** What is unfinished of one partition. */
  private static final class Progress {
    private final TreeSet<Long> unfinished = new TreeSet<>(); // guarded by this
    private long next; // guarded by this

    synchronized void begin(long offset) {
      unfinished.add(offset);
      next = offset + 1;
    }

    synchronized void finish(long offset) {
      unfinished.remove(offset);
    }

    synchronized long lowest() {
      return unfinished.isEmpty() ? next : unfinished.first();
    }
  }

  @Override
  public void start(Setting given, Work todo) {
    setting = given;
    work = todo;
    if (setting.get("order").equals("unordered")) {
      most = setting.concurrency();
      room = new Semaphore(most);
      slices = new ExecutorService[] {threads()};
    } else {
      slices = new ExecutorService[Math.min(setting.concurrency(), MOST_THREADS)];
      Arrays.setAll(slices, slice -> Executors.newSingleThreadExecutor());
    }
    thread.start();
  }

  private static ExecutorService threads() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      return Executors.newCachedThreadPool();
    }
  }

  private void run() {
    Map<String, Object> settings = Map.copyOf(KafkaSettings.of(setting));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(setting.get("topic")));
      long committed = System.nanoTime();
      while (!stopping) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          dispatch(record);
        }
        if (System.nanoTime() - committed > COMMIT_NANOS) {
          committed = System.nanoTime();
          consumer.commitAsync(positions(), null);
        }
      }
      room.acquireUninterruptibly(most);
      consumer.commitSync(positions());
    }
  }

  private void dispatch(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    Progress home = progress.computeIfAbsent(partition, absent -> new Progress());
    room.acquireUninterruptibly();
    home.begin(record.offset());
    int slice = Math.floorMod(Arrays.hashCode(record.key()), slices.length);
    slices[slice].execute(
        () -> {
          handle(record.value());
          home.finish(record.offset());
          room.release();
        });
  }

  private void handle(byte[] body) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(body));
    }
    setting.work();
    work.done();
  }

  private Map<TopicPartition, OffsetAndMetadata> positions() {
    Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    progress.forEach(
        (partition, one) -> positions.put(partition, new OffsetAndMetadata(one.lowest())));
    return positions;
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    thread.join();
    for (ExecutorService slice : slices) {
      slice.shutdown();
      if (!slice.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a slice still works");
      }
    }
  }
}
