package dev.tailrace.bench.parallelvertx;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.internal.DrainingCloseable.DrainingMode;
import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Its engine for Vert.x, whose work is a future; commits periodic and asynchronous. */
public final class ParallelVertxContender implements Contender {
  private final Vertx vertx = Vertx.vertx();
  private VertxParallelEoSStreamProcessor<byte[], byte[]> processor; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    ParallelConsumerOptions<byte[], byte[]> options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .ordering(ProcessingOrder.valueOf(setting.get("order").toUpperCase(Locale.ROOT)))
            .maxConcurrency(setting.concurrency())
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .consumer(new KafkaConsumer<>(setting.consumer()))
            .build();
    processor = new VertxParallelEoSStreamProcessor<>(vertx, WebClient.create(vertx), options);
    processor.subscribe(List.of(setting.get("topic")));
    processor.vertxFuture(context -> handle(context.value(), setting, work));
  }

  private Future<?> handle(byte[] body, Setting setting, Work work) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(body));
    }
    if (setting.workMillis() == 0) {
      work.done();
      return Future.succeededFuture();
    }
    return vertx
        .timer(setting.workMillis())
        .map(
            fired -> {
              work.done();
              return null;
            });
  }

  @Override
  public void stop() throws Exception {
    processor.close(Duration.ofSeconds(60), DrainingMode.DRAIN);
    vertx.close();
  }
}
