package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.consumer.KafkaConsumerRecord;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * vertx-kafka-client as its documentation begins: a handler for each record, positions committed by
 * themselves every 5 s, whether the work on them is done or not. Work that takes its time is
 * bounded by pausing the stream.
 */
public final class VertxContender implements Contender {
  private final Vertx vertx = EventLoops.vertx();
  private String deployment = ""; // main thread only

  @Override
  public void start(Setting setting, Work work) throws Exception {
    deployment = Futures.await(vertx.deployVerticle(new Reader(setting, work)));
  }

  private static final class Reader extends VerticleBase {
    private final Setting setting;
    private final Work work;
    private final int millis;
    private final int concurrency;
    private KafkaConsumer<byte[], byte[]> consumer; // event loop only
    private int inHand; // event loop only
    private boolean paused; // event loop only

    Reader(Setting setting, Work work) {
      this.setting = setting;
      this.work = work;
      this.millis = setting.workMillis();
      this.concurrency = setting.concurrency();
    }

    @Override
    public Future<?> start() {
      Map<String, String> settings = KafkaSettings.of(setting);
      settings.put("enable.auto.commit", "true");
      consumer = KafkaConsumer.create(vertx, settings);
      consumer.handler(this::handle);
      return consumer.subscribe(setting.get("topic"));
    }

    private void handle(KafkaConsumerRecord<byte[], byte[]> record) {
      if (work.isWatching()) {
        work.look(ByteBuffer.wrap(record.value()));
      }
      if (millis == 0) {
        work.done();
        return;
      }
      if (++inHand >= concurrency && !paused) {
        paused = true;
        consumer.pause();
      }
      vertx.setTimer(millis, timer -> ended());
    }

    private void ended() {
      work.done();
      inHand--;
      if (paused && inHand < concurrency) {
        paused = false;
        consumer.resume();
      }
    }

    @Override
    public Future<?> stop() {
      return consumer.close();
    }
  }

  @Override
  public void stop() throws Exception {
    Futures.await(vertx.undeploy(deployment));
    Futures.await(vertx.close());
  }
}
