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
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Its core, set up as its README begins: {@code createEosStreamProcessor}, {@code poll}, commits
 * periodic and asynchronous, a thread for each message at work.
 */
public final class ParallelConsumerContender implements Contender {
  private ParallelStreamProcessor<byte[], byte[]> processor; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    ParallelConsumerOptions<byte[], byte[]> options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .ordering(ProcessingOrder.valueOf(setting.get("order").toUpperCase(Locale.ROOT)))
            .maxConcurrency(setting.concurrency())
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .consumer(new KafkaConsumer<>(setting.consumer()))
            .build();
    processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(setting.get("topic")));
    processor.poll(
        context -> {
          if (work.isWatching()) {
            work.look(ByteBuffer.wrap(context.value()));
          }
          setting.work();
          work.done();
        });
  }

  @Override
  public void stop() throws Exception {
    processor.close(Duration.ofSeconds(60), DrainingMode.DRAIN);
  }
}
