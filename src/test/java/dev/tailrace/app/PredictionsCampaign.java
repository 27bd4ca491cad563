package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.proof.ProofResults;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.source.SourceConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What pools say that a drain would take now, and what it takes then, on real brokers and for ten
 * kinds of work: {@code mvn verify -Pchaos -Dit.test=PredictionsCampaign [-Dpredictions.times=N]}.
 */
final class PredictionsCampaign {
  private static final int TIMES = Integer.getInteger("predictions.times", 1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final double TOLERATED = 0.3;

  /** What is done before: more than the last ones, by which a pool knows how long they take. */
  private static final int KNOWN = 1_000;

  /** All that is buffered is done. */
  private static final DrainConfig WHOLE = DrainConfig.within(Duration.ofMinutes(1));

  private static final List<Kind> KINDS =
      List.of(
          new Kind("topic: always 20 ms", List.of(topic(16, 1_500, 1_500, constant(20)))),
          new Kind("topic: between 5 and 200 ms", List.of(topic(64, 1_900, 1_900, even(5, 200)))),
          new Kind(
              "topic, store: between 5 and 200 ms",
              List.of(topic(32, 900, 900, even(5, 200)).withStore())),
          new Kind(
              "topic: 10 ms, one in ten 300", List.of(topic(32, 1_900, 1_900, seldom(10, 300)))),
          new Kind("topic: a long tail", List.of(topic(32, 1_500, 1_500, tail(40)))),
          new Kind("topic: six keys", List.of(topic(64, 900, 6, even(5, 15)))),
          new Kind("stream: always 50 ms", List.of(stream(8, 400, constant(50)))),
          new Kind("stream: 10 ms, one in ten 300", List.of(stream(16, 1_000, seldom(10, 300)))),
          new Kind("stream, store: a long tail", List.of(stream(48, 1_800, tail(60)).withStore())),
          new Kind(
              "topic and stream",
              List.of(topic(16, 1_200, 1_200, constant(20)), stream(16, 400, tail(80)))));

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();

  /**
   * One kind of work.
   *
   * @param name as results show it
   * @param parts a pipeline each
   */
  private record Kind(String name, List<Part> parts) {}

  /**
   * One pipeline.
   *
   * @param keys of its topic; 0 for a stream, which is not ordered
   * @param depth what is there when the drain begins
   * @param millis what a message takes, by its own chance
   */
  private record Part(
      int keys,
      int concurrency,
      int depth,
      boolean store,
      ToLongFunction<SplittableRandom> millis) {
    Part withStore() {
      return new Part(keys, concurrency, depth, true, millis);
    }
  }

  private static Part topic(
      int concurrency, int depth, int keys, ToLongFunction<SplittableRandom> millis) {
    return new Part(keys, concurrency, depth, false, millis);
  }

  private static Part stream(int concurrency, int depth, ToLongFunction<SplittableRandom> millis) {
    return new Part(0, concurrency, depth, false, millis);
  }

  private static ToLongFunction<SplittableRandom> constant(long millis) {
    return chance -> millis;
  }

  private static ToLongFunction<SplittableRandom> even(long least, long most) {
    return chance -> least + chance.nextLong(most - least + 1);
  }

  private static ToLongFunction<SplittableRandom> seldom(long usual, long slow) {
    return chance -> chance.nextInt(10) == 0 ? slow : usual;
  }

  private static ToLongFunction<SplittableRandom> tail(long mean) {
    return chance -> Math.max(1, Math.round(-Math.log(1 - chance.nextDouble()) * mean));
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void drainsTakeWhatWasSaidMoreOrLess() throws Exception {
    measure(KINDS.get(0)); // what a cold JVM takes is nobody's question
    List<Measured> all = new ArrayList<>();
    for (int time = 0; time < TIMES; time++) {
      for (Kind kind : KINDS) {
        Measured measured = measure(kind);
        all.add(measured);
        System.out.println("predictions: " + measured);
        ProofResults.merge("predictions", measured.result());
      }
    }

    assertThat(all)
        .allSatisfy(one -> assertThat(one.ratio()).as("%s", one).isCloseTo(1, within(TOLERATED)));
  }

  /** What was said, and what was. */
  private record Measured(String kind, long predictedMillis, long tookMillis) {
    double ratio() {
      return (double) predictedMillis / tookMillis;
    }

    JsonObject result() {
      long off = Math.round(Math.abs(ratio() - 1) * 100);
      JsonObject row =
          new JsonObject()
              .put("drains", 1)
              .put("leastMillis", tookMillis)
              .put("mostMillis", tookMillis)
              .put("mostPercentOff", off);
      return new JsonObject()
          .put("drains", 1)
          .put("mostPercentOff", off)
          .put("byWork", new JsonObject().put(kind, row));
    }
  }

  private Measured measure(Kind kind) throws Exception {
    String name = Servers.uniqueName("predicted");
    AtomicInteger done = new AtomicInteger();
    PoolBuilder builder =
        Tailrace.builder(vertx).identity(PoolIdentity.of(name, "one")).drain(WHOLE);
    for (int i = 0; i < kind.parts().size(); i++) {
      builder.add(pipeline(name + "-" + i, kind.parts().get(i), done));
    }
    Tailrace pool = Results.result(builder.build().start());
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> done.get() >= KNOWN * kind.parts().size());

    long predicted = Results.result(pool.status()).drain().estimateMillis();
    DrainReport report =
        Results.result(pool.drain(new Trigger(Trigger.Kind.SIGTERM, "as predicted")));

    assertThat(report.exitCode()).isZero();
    return new Measured(kind.name(), predicted, report.timing().duration().toMillis());
  }

  private Pipeline pipeline(String name, Part part, AtomicInteger done) throws Exception {
    MessageHandler handler =
        (message, context) ->
            vertx
                .timer(part.millis().applyAsLong(chance(message)), TimeUnit.MILLISECONDS)
                .map(
                    slept -> {
                      done.incrementAndGet();
                      return Outcome.done();
                    });
    Pipeline.Builder pipeline =
        Pipeline.named(name)
            .source(source(name, part))
            .order(part.keys() == 0 ? Order.UNORDERED : Order.KEY)
            .limits(new PipelineLimits(part.concurrency(), 2_048, 64L << 20, 512))
            .handle(handler);
    if (part.store()) {
      RedisConfig redis = RedisConfig.of(servers.redis().url());
      pipeline.idempotency(
          Idempotency.of(
              (loop, namespace) -> new RedisIdempotencyStore(vertx, loop, redis, namespace),
              KeyRule.parse("position", OnMissing.DEAD_LETTER)));
    }
    return pipeline.build();
  }

  private SourceConfig source(String name, Part part) throws Exception {
    int messages = KNOWN + part.depth();
    if (part.keys() == 0) {
      String url = servers.redis().url();
      new StreamProbe(vertx, url).produce(name, 0, messages);
      return RedisSourceConfig.of(url, name, name);
    }
    servers.createTopic(name, 4);
    new KafkaProbe(servers.kafka()).produce(name, 0, messages, part.keys());
    return KafkaSourceConfig.of(servers.kafka().bootstrap(), name, name);
  }

  private static SplittableRandom chance(Message message) {
    return new SplittableRandom(message.origin().toString().hashCode());
  }
}
