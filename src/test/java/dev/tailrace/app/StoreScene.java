package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.observe.EventKeys;
import dev.tailrace.observe.EventLog;
import dev.tailrace.observe.EventLogConfig;
import dev.tailrace.observe.EventLogEnvironment;
import dev.tailrace.observe.PoolMeters;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * A pool in this JVM that reads a stream and claims keys in a Redis of its own choice, with its
 * event log, so that the checker can judge it.
 */
final class StoreScene implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** How long a command to the store may take where nothing else is said. */
  static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** Messages that the pipeline may execute at once. */
  static final int CONCURRENCY = 16;

  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  final String stream = Servers.uniqueName("payments");
  final String letters = stream + ":dlq";
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final String redis = SharedServers.get().redis().url();
  private final Vertx vertx = Vertx.vertx();
  private final StreamProbe probe = new StreamProbe(vertx, redis);
  private final PoolIdentity identity = PoolIdentity.of(stream, "worker");
  private final Path file;
  private final EventLog log;
  private final Tailrace pool;

  /**
   * Starts the pool.
   *
   * @param folder for the event log
   * @param store where keys are claimed
   * @param open whether messages run while the store is away
   */
  StoreScene(Path folder, RedisConfig store, boolean open, MessageHandler handler)
      throws Exception {
    this.file = folder.resolve("events.jsonl");
    this.log =
        EventLog.open(
            new EventLogConfig(file, EventKeys.HASH, Long.MAX_VALUE),
            new EventLogEnvironment(
                identity.instance(),
                identity.incarnation(),
                System::nanoTime,
                System::currentTimeMillis,
                StoreScene::daemon));
    Idempotency how = claims(store);
    Pipeline pipeline =
        Pipeline.named("payments")
            .source(RedisSourceConfig.of(redis, "payments", stream))
            .order(Order.UNORDERED)
            .limits(new PipelineLimits(CONCURRENCY, 1_000, 1 << 20, 100))
            .handle(handler)
            .idempotency(open ? how.processingWhenUnavailable() : how)
            .retry(RetryPolicy.DEFAULT)
            .deadLetter(new RedisSinkFactory(RedisConfig.of(redis), letters))
            .build();
    this.pool =
        Results.result(
            Tailrace.builder(vertx)
                .identity(identity)
                .events(log)
                .events(new PoolMeters(registry))
                .add(pipeline)
                .build()
                .start());
  }

  private Idempotency claims(RedisConfig store) {
    return new Idempotency(
        (loop, namespace) -> new RedisIdempotencyStore(vertx, loop, store, namespace),
        KeyRule.parse("header:idempotency-key", OnMissing.DEAD_LETTER),
        LEASE,
        Duration.ofHours(1));
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "events");
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds entries with ids of their own. */
  void produce(int from, int count) throws Exception {
    probe.produce(stream, from, count);
  }

  /** Adds an entry. */
  void produce(String id, String body) {
    try (Jedis jedis = jedis()) {
      jedis.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("value", body, "h.idempotency-key", id));
    }
  }

  /** A client of the server that has the stream. */
  Jedis jedis() {
    return new Jedis(URI.create(redis));
  }

  /** How the pipeline stands, as {@code GET /status} says. */
  JsonObject status() throws Exception {
    return Results.result(pool.status()).toJson().getJsonArray("pipelines").getJsonObject(0);
  }

  void awaitStatus(Predicate<JsonObject> condition) {
    await().atMost(PATIENCE).until(this::status, condition);
  }

  /** Until so many are finished, in whatever way, and acknowledged. */
  void awaitFinished(long messages) {
    awaitStatus(
        status ->
            status.getJsonObject("messages").getLong("received") == messages
                && status.getJsonObject("messages").getLong("inFlight") == 0);
    await().atMost(PATIENCE).until(() -> probe.pending(stream, "payments") == 0);
  }

  /** The first event of such words, in ns of this JVM's clock. */
  long nanosOf(long after, String... words) throws Exception {
    Results.result(log.flush());
    for (String line : Files.readAllLines(file)) {
      JsonObject event = new JsonObject(line);
      if (event.getLong("monoNanos") > after && List.of(words).stream().allMatch(line::contains)) {
        return event.getLong("monoNanos");
      }
    }
    throw new AssertionError("no event with " + List.of(words));
  }

  /** Drains, and has the checker judge what the log tells. */
  Verdicts end() throws Exception {
    DrainReport report = Results.result(pool.drain(SIGTERM));
    assertThat(report.exitCode()).as(report.toJson().encodePrettily()).isZero();
    Results.result(log.close());
    Verdicts verdicts = Verification.check(VerifyInput.of(List.of(file)));
    assertThat(verdicts.passed()).as(verdicts.toText()).isTrue();
    return verdicts;
  }

  @Override
  public void close() throws IOException {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
