package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.MessageCounts;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configured pool of both brokers, stopped and started again until all is done. */
final class PoolRestartIT {
  private static final int EACH = 3_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final EffectLog effects = new EffectLog(Duration.ofMillis(4));
  private final String topic = Servers.uniqueName("orders");
  private final String stream = Servers.uniqueName("payments");
  private final PoolIdentity identity = PoolIdentity.of(Servers.uniqueName("worker"), "instance-0");

  @TempDir private Path folder;

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void acrossCleanDrainsEveryMessageIsDoneOnceAndEveryReportAddsUp() throws Exception {
    SharedEffects.put(topic, effects);
    servers.createTopic(topic, 4);
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    StreamProbe redis = new StreamProbe(vertx, servers.redis().url());
    kafka.produce(topic, 0, EACH, 300);
    redis.produce(stream, 0, EACH);

    for (int round = 1; effects.size() < 2 * EACH; round++) {
      int until = Math.min(2 * EACH, effects.size() + 1_500);
      Tailrace pool = Results.result(pool().start());
      await().atMost(PATIENCE).until(() -> effects.size() >= until);
      DrainReport report = Results.result(pool.drain(SIGTERM));

      assertThat(report.toJson().encodePrettily()).contains("\"result\" : \"clean\"");
      DrainReport.Messages messages = report.messages();
      assertThat(messages.since().finishedTotal() + messages.since().released())
          .isEqualTo(messages.atStart().inFlight());
      MessageCounts all =
          Results.result(pool.counts()).values().stream()
              .reduce(MessageCounts.NONE, MessageCounts::plus);
      assertThat(all.received()).isEqualTo(all.finishedTotal() + all.released());
      assertThat(round).isLessThan(20);
    }

    assertThat(effects.repeated()).isEmpty();
    assertThat(effects.size()).isEqualTo(2 * EACH);
    Map<String, Long> committed = kafka.committed("orders-" + topic);
    assertThat(committed.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(EACH);
    assertThat(redis.pending(stream, "payments")).isZero();
  }

  private Tailrace pool() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("tailrace.yaml"),
            """
            name: worker
            kafka: {bootstrap.servers: "%1$s"}
            redis: {url: "%2$s"}
            pipelines:
              - name: orders
                source: {kafka: {topics: [%3$s], group: orders-%3$s, consumers: 2, start: earliest}}
                concurrency: 64
                buffer: {messages: 400}
                handler: {java: {class: dev.tailrace.app.SharedEffects, config: {log: %3$s}}}
                timeout: 5s
                idempotency: {store: redis, key: "header:idempotency-key"}
              - name: payments
                source: {redis: {streams: [%4$s], group: payments, start: earliest}}
                order: unordered
                concurrency: 32
                buffer: {messages: 400}
                handler: {java: {class: dev.tailrace.app.SharedEffects, config: {log: %3$s}}}
                idempotency: {store: redis, key: "header:idempotency-key"}
            """
                .formatted(servers.kafka().bootstrap(), servers.redis().url(), topic, stream));
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    ConfiguredPool configured =
        ConfiguredPool.read(new ConfigLoader(PoolSchema.schema()).load(inputs));
    PoolBuilder builder = Tailrace.builder(vertx).identity(identity);
    configured.accept(builder);
    return builder.build();
  }
}
