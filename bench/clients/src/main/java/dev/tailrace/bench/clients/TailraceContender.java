package dev.tailrace.bench.clients;

import dev.tailrace.app.ConsumerVerticle;
import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PipelineLimits;
import dev.tailrace.bench.frame.Commits;
import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import dev.tailrace.dispatch.Order;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.message.Message;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolMeters;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.source.SourceConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Tailrace as a verticle in an application; each message is acknowledged by itself. */
public final class TailraceContender implements Contender {
  private static final Future<Outcome> DONE = Future.succeededFuture(Outcome.done());

  static {
    // As `java -jar tailrace.jar` has it, and whoever embeds Tailrace beside Log4j may have it.
    System.setProperty("log4j2.threadContextMap", "dev.tailrace.cli.MessageContextMap");
  }

  private final Vertx vertx = EventLoops.vertx();
  private String deployment = ""; // main thread only

  @Override
  public void start(Setting setting, Work work) throws Exception {
    int millis = setting.workMillis();
    Pipeline.Builder pipeline =
        Pipeline.named("bench")
            .source(source(setting))
            .order(Order.valueOf(setting.get("order").toUpperCase(Locale.ROOT)))
            .limits(limits(setting));
    if (setting.is("blocking")) {
      pipeline.handleBlocking((message, context) -> block(message, setting, work));
    } else {
      pipeline.handle((message, context) -> handle(message, work, millis));
    }
    if (setting.is("meters")) {
      pipeline.events(new PoolMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }
    if (setting.is("stop")) {
      pipeline.events(new CommitWatch());
    }
    deployment = Futures.await(vertx.deployVerticle(new ConsumerVerticle(pipeline.build())));
  }

  /** Hears of each commit that the broker has confirmed. */
  private static final class CommitWatch implements PoolEvents {
    @Override
    public void committed(String pipeline, String source, int epoch, String position) {
      Commits.confirmed();
    }
  }

  private static SourceConfig source(Setting setting) {
    String group = setting.get("group");
    return setting.get("on", "kafka").equals("stream")
        ? RedisSourceConfig.of(setting.get("redis"), group, setting.get("stream"))
        : KafkaSourceConfig.of(setting.get("bootstrap"), group, setting.get("topic"));
  }

  /**
   * The default ones, with as many permits as are asked for, and a buffer at least twice as large
   * where no other is asked for.
   */
  private static PipelineLimits limits(Setting setting) {
    PipelineLimits usual = PipelineLimits.DEFAULT;
    int permits = setting.concurrency();
    int buffer = Integer.parseInt(setting.get("buffer", "0"));
    return new PipelineLimits(
        permits,
        buffer == 0 ? Math.max(usual.bufferMessages(), 2 * permits) : buffer,
        usual.bufferBytes(),
        usual.parked());
  }

  private static void look(Message message, Work work) {
    Buffer body = work.isWatching() ? message.body() : null;
    if (body != null) {
      work.look(ByteBuffer.wrap(body.getBytes()));
    }
  }

  private static Outcome block(Message message, Setting setting, Work work) {
    look(message, work);
    setting.work();
    work.done();
    return Outcome.done();
  }

  private Future<Outcome> handle(Message message, Work work, int millis) {
    look(message, work);
    if (millis == 0) {
      work.done();
      return DONE;
    }
    Promise<Outcome> worked = Promise.promise();
    vertx.setTimer(
        millis,
        timer -> {
          work.done();
          worked.complete(Outcome.done());
        });
    return worked.future();
  }

  @Override
  public void stop() throws Exception {
    Futures.await(vertx.undeploy(deployment));
    Futures.await(vertx.close());
  }
}
