package dev.tailrace.bench.parallel;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import io.confluent.parallelconsumer.internal.DrainingCloseable.DrainingMode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Its core, set up as its README begins: {@code createEosStreamProcessor}, {@code poll}, commits
 * periodic and asynchronous, a thread for each message at work.
 */
public final class ParallelConsumerContender implements Contender {
  private static final String BYTES = "org.apache.kafka.common.serialization.ByteArrayDeserializer";

  private ParallelStreamProcessor<byte[], byte[]> processor; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            setting.get("bootstrap"),
            "group.id",
            setting.get("group"),
            "key.deserializer",
            BYTES,
            "value.deserializer",
            BYTES,
            "enable.auto.commit",
            "false",
            "auto.offset.reset",
            "earliest",
            "isolation.level",
            "read_committed");
    ParallelConsumerOptions<byte[], byte[]> options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .ordering(ProcessingOrder.valueOf(setting.get("order").toUpperCase(Locale.ROOT)))
            .maxConcurrency(setting.concurrency())
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .consumer(new KafkaConsumer<>(settings))
            .build();
    int millis = setting.workMillis();
    processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(setting.get("topic")));
    processor.poll(
        context -> {
          if (work.isWatching()) {
            work.look(ByteBuffer.wrap(context.value()));
          }
          if (millis > 0) {
            pause(millis);
          }
          work.done();
        });
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() throws Exception {
    processor.close(Duration.ofSeconds(60), DrainingMode.DRAIN);
  }
}
