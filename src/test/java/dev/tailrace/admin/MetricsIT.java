package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.Idempotency;
import dev.tailrace.app.KafkaProbe;
import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PipelineLimits;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.StreamProbe;
import dev.tailrace.app.Tailrace;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSinkFactory;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MetricNames;
import dev.tailrace.observe.PoolMeters;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.RedisSourceConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What {@code /metrics} says before, during and after a drain, of embedded pools under load on real
 * servers, with a rebalance between them and handlers that never end.
 */
final class MetricsIT {
  private static final int MESSAGES = 6_000;
  private static final int KEYS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final String topic = Servers.uniqueName("orders");
  private final String stream = Servers.uniqueName("payments");
  private final KafkaProbe kafka = new KafkaProbe(servers.kafka());
  private final StreamProbe redis = new StreamProbe(vertx, servers.redis().url());

  @AfterEach
  void closeVertx() throws Exception {
    PoolUnderTest.result(redis.close());
    PoolUnderTest.result(vertx.close());
  }

  @Test
  void everyPageAddsUpBeforeDuringAndAfterADrainAndTheLastOneEqualsTheReport() throws Exception {
    servers.createTopic(topic, 4);
    servers.createTopic(topic + ".dlq", 1);
    ScrapedPool first = new ScrapedPool("first");
    Scraper one = first.scraper();
    Scraper other = Scraper.started(first.port());
    load(0);
    kafka.produce(topic, 100, 300, KEYS);
    first.await(page -> page.sum("tailrace_stuck") > 1 && page.finished("skipped") > 0);

    ScrapedPool second = new ScrapedPool("second");
    first.await(page -> page.sum("tailrace_overran_total") > 0);
    load(1);
    second.await(page -> page.sum("tailrace_messages_received_total", "pipeline", "orders") > 0);
    assertEndsTruly(second);
    load(2);
    long received = one.page().received();
    first.await(page -> page.received() > received);
    MetricsPage before = one.page();
    assertEndsTruly(first);

    assertThat(one.pagesByState()).containsKeys("running", "draining");
    assertThat(other.pagesByState()).containsKeys("running", "draining");
    assertThat(before.inFlight()).isGreaterThan(MixedHandler.ENDLESS);
    assertThat(before.shapes()).isEqualTo(shapes());
    assertThat(before.samples())
        .flatMap(sample -> sample.labels().values())
        .noneMatch(value -> value.matches("(key|id|body)-\\d+|first|second"));
  }

  /** Brings work for several seconds. */
  private void load(int times) throws Exception {
    kafka.produce(topic, times * MESSAGES, MESSAGES, KEYS);
    redis.produce(stream, times * MESSAGES, MESSAGES);
  }

  /** Drains it under load; every page until then, and the one after its end, tell the truth. */
  private void assertEndsTruly(ScrapedPool pool) throws Exception {
    DrainReport report =
        PoolUnderTest.result(pool.tailrace.drain(new Trigger(Trigger.Kind.SIGTERM, "signal")));
    var pages = pool.scraper().pages();
    MetricsPage after = pool.pageOfNow();

    after.assertAddsUp();
    after.assertCountsOnFrom(pages.get(pages.size() - 1));
    assertThat(after.state()).isEqualTo("stopped");
    assertThat(after.inFlight()).isZero();
    DrainReport.Messages messages = report.messages();
    assertThat(
            messages.since().finishedTotal() + messages.since().released() + messages.abandoned())
        .isEqualTo(messages.atStart().inFlight());
    assertThat(messages.atStart().executing()).isPositive();
    assertThat(after.abandoned()).isEqualTo(messages.abandoned());
    assertThat(after.received()).isEqualTo(messages.atStart().received());
    for (Finish finish : Finish.values()) {
      assertThat(after.finished(finish.label()))
          .as(finish.label())
          .isEqualTo(pool.events.of(finish.label()))
          .isEqualTo(
              messages.atStart().finished().getOrDefault(finish, 0L)
                  + messages.since().finished().getOrDefault(finish, 0L));
    }
    assertThat(after.received()).isEqualTo(pool.events.of("received"));
    assertThat(after.released()).isEqualTo(pool.events.of("released"));
    assertThat(after.abandoned()).isEqualTo(pool.events.of("abandoned"));

    pool.handler.end();
    PoolUnderTest.result(vertx.timer(100));
    MetricsPage late = pool.pageOfNow();
    late.assertAddsUp();
    assertThat(late.received()).isEqualTo(after.received());
    assertThat(late.abandoned()).isEqualTo(after.abandoned());
    assertThat(late.finished("done")).isEqualTo(after.finished("done"));
  }

  /** A pool of both pipelines with its registry, its server and somebody who scrapes it. */
  private final class ScrapedPool {
    private final PrometheusMeterRegistry registry =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PoolMeters meters = new PoolMeters(registry);
    private final CountedEvents events = new CountedEvents();
    private final MixedHandler handler = new MixedHandler();
    private final AtomicReference<ProbeServer> server = new AtomicReference<>();
    private final Tailrace tailrace;
    private final Scraper scraper;

    ScrapedPool(String instance) throws Exception {
      meters.previousDrain(Duration.ofSeconds(2));
      meters.droppedSpans(meters, any -> 0);
      tailrace =
          Tailrace.builder(vertx)
              .identity(PoolIdentity.of(topic, instance))
              .add(orders())
              .add(payments())
              .drain(DrainConfig.within(Duration.ofSeconds(12)))
              .events(meters)
              .events(events)
              .server(this::probes)
              .build();
      var starting = tailrace.start();
      Awaitility.await().until(() -> port() > 0);
      scraper = Scraper.started(port());
      PoolUnderTest.result(starting);
    }

    private ProbeServer probes(Tailrace served) {
      ListenAddress address = new ListenAddress("probes", "127.0.0.1", 0);
      ProbeServer made = new ProbeServer(vertx, address, served, this::text);
      server.set(made);
      return made;
    }

    int port() {
      ProbeServer made = server.get();
      return made == null ? -1 : made.port();
    }

    Scraper scraper() {
      return scraper;
    }

    void await(Predicate<MetricsPage> wish) {
      Awaitility.await().atMost(PATIENCE).until(() -> wish.test(scraper.page()));
    }

    /** Without its server, which the drain has ended. */
    MetricsPage pageOfNow() throws Exception {
      return MetricsPage.parse(text(PoolUnderTest.result(tailrace.status())));
    }

    private String text(PoolStatus status) {
      return meters.scrape(status.meterSnapshot(), registry::scrape);
    }

    private Pipeline orders() {
      String brokers = servers.kafka().bootstrap();
      Membership member = Membership.of(topic).withRevokeDeadline(Duration.ofSeconds(2));
      return pipeline("orders")
          .source(
              Heartbeats.quick(
                  KafkaSourceConfig.of(brokers, topic, topic).withConsumers(2), member))
          .deadLetter(new KafkaSinkFactory(KafkaClientConfig.of(brokers), topic + ".dlq"))
          .build();
    }

    private Pipeline payments() {
      String url = servers.redis().url();
      return pipeline("payments")
          .source(RedisSourceConfig.of(url, "payments", stream))
          .order(Order.UNORDERED)
          .deadLetter(new RedisSinkFactory(RedisConfig.of(url), stream + ":dlq"))
          .build();
    }

    private Pipeline.Builder pipeline(String name) {
      RedisConfig redis = RedisConfig.of(servers.redis().url());
      return Pipeline.named(name)
          .handle(handler)
          .limits(new PipelineLimits(48, 512, 16 << 20, 64))
          .timeout(Duration.ofSeconds(1))
          .idempotency(
              Idempotency.of(
                  (loop, space) -> new RedisIdempotencyStore(vertx, loop, redis, space),
                  KeyRule.parse("header:idempotency-key", KeyRule.OnMissing.DEAD_LETTER)));
    }
  }

  /** All that there is, with the labels of each. */
  private static Map<String, Set<String>> shapes() {
    Map<String, Set<String>> shapes = new TreeMap<>();
    String[] lines = {
      "messages_received_total pipeline",
      "messages_finished_total pipeline outcome",
      "messages_released_total pipeline",
      "messages_abandoned_total pipeline",
      "messages_in_flight pipeline stage",
      "handler_duration_seconds_count pipeline source outcome",
      "queue_wait_seconds_count pipeline source",
      "settle_duration_seconds_count pipeline source",
      "revoke_duration_seconds_count pipeline",
      "lag pipeline source",
      "lag_time_seconds pipeline source",
      "commit_gap pipeline source",
      "commit_gap_age_seconds pipeline source",
      "commits_total pipeline result",
      "retries_total pipeline source",
      "dead_letters_total pipeline source reason",
      "idempotency_total pipeline result",
      "rebalances_total pipeline",
      "limit pipeline",
      "stuck pipeline",
      "overran_total pipeline source",
      "alarms_total pipeline kind",
      "state state",
      "drain_estimate_seconds",
      "previous_drain_duration_seconds",
      "spans_dropped_total"
    };
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      shapes.put(
          "tailrace_" + words[0], new TreeSet<>(Arrays.asList(words).subList(1, words.length)));
    }
    assertThat(shapes).hasSameSizeAs(MetricNames.all());
    return shapes;
  }
}
