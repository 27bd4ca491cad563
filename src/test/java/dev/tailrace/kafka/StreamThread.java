package dev.tailrace.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** The poll thread and the event loop of a consumer, as the stream has them. */
final class StreamThread {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final AtomicBoolean stopped = new AtomicBoolean();

  /** The event loop. */
  Executor loop() {
    return loop;
  }

  /** Subscribes and polls until it is told to stop; what comes back is told on the poll thread. */
  void poll(
      ControlledConsumer consumer,
      String topic,
      Duration each,
      Consumer<ConsumerRecords<byte[], byte[]>> returned) {
    thread.execute(
        () -> {
          consumer.subscribe(List.of(topic), new Ignored());
          while (!stopped.get()) {
            returned.accept(consumer.poll(each));
          }
        });
  }

  /** Something on the poll thread, once no poll runs any more. */
  void execute(Runnable last) {
    thread.execute(last);
  }

  /** No poll begins any more. */
  void stopPolling() {
    stopped.set(true);
  }

  /** Ends both threads; returns when the poll thread has ended. */
  void stop(ControlledConsumer consumer) throws InterruptedException {
    stopPolling();
    consumer.beginClose();
    thread.shutdown();
    if (!thread.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the poll thread does not end");
    }
    loop.shutdown();
  }

  /** The stream's own listener, which is never told anything. */
  static final class Ignored implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      throw new AssertionError("the stream's own listener");
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      throw new AssertionError("the stream's own listener");
    }
  }
}
