package dev.tailrace.bench.reactor;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.receiver.ReceiverRecord;

/**
 * A receiver as its reference guide begins: each record is acknowledged once it is worked on, and
 * positions are committed every 100 ms. Work that takes its time runs for as many at once as are
 * allowed, in no order.
 */
public final class ReactorContender implements Contender {
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration COMMITS = Duration.ofMillis(100);
  private static final int MOST_DEFERRED = 100_000; // less holds back what it polls

  private Disposable subscription; // main thread only

  @Override
  public void start(Setting setting, Work work) {
    ReceiverOptions<byte[], byte[]> options =
        ReceiverOptions.<byte[], byte[]>create(setting.consumer())
            .commitInterval(COMMITS)
            .maxDeferredCommits(setting.workMillis() > 0 ? MOST_DEFERRED : 0)
            .subscription(List.of(setting.get("topic")));
    Flux<ReceiverRecord<byte[], byte[]>> records =
        KafkaReceiver.create(options).receive().doOnNext(record -> look(record, work));
    if (setting.workMillis() > 0) {
      Duration took = Duration.ofMillis(setting.workMillis());
      records =
          records.flatMap(record -> Mono.delay(took).thenReturn(record), setting.concurrency());
    }
    subscription =
        records.subscribe(
            record -> {
              work.done();
              record.receiverOffset().acknowledge();
            });
  }

  private static void look(ReceiverRecord<byte[], byte[]> record, Work work) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(record.value()));
    }
  }

  /** It commits and closes in the background, and tells nobody when that is done. */
  @Override
  public void stop() throws InterruptedException {
    subscription.dispose();
    Thread.sleep(CLOSING.toMillis());
  }
}
