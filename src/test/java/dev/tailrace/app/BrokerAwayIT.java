package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker that dies under load, and is back at once, or after a minute. */
final class BrokerAwayIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration AWAY = Duration.ofSeconds(60); // longer than a session
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final String TOPIC = "orders";
  private static final int PARTITIONS = 6;
  private static final int EACH = 2_000;
  private static final int KEYS = 300;

  private final KafkaBroker broker = SharedServers.get().newKafka();
  private final KafkaProbe kafka = new KafkaProbe(broker);
  private final Vertx vertx = Vertx.vertx();
  private final EffectLog effects = new EffectLog(Duration.ofMillis(20));
  private final AtomicInteger lost = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    Results.result(vertx.close());
    broker.close();
  }

  @Test
  void whatIsInHandGoesOnAndNothingIsLostByARestartNorByAMinuteWithoutABroker() throws Exception {
    Servers.createTopic(broker, TOPIC, PARTITIONS, Map.of());
    kafka.produce(TOPIC, 0, EACH, KEYS);
    Tailrace pool = Results.result(pool().start());

    await().atMost(PATIENCE).until(() -> effects.size() > EACH / 4);
    broker.restart();
    kafka.produce(TOPIC, EACH, 3 * EACH, KEYS); // more than is done before the kill
    await().atMost(PATIENCE).until(() -> effects.size() > EACH + EACH / 4);

    broker.kill();
    long back = System.nanoTime() + AWAY.toNanos();
    await().atMost(PATIENCE).until(() -> !isConnected(pool));
    await().atMost(PATIENCE).until(() -> isThrough(counts(pool)));
    assertThat(effects.size()).isLessThan(4 * EACH);
    await().atMost(PATIENCE).until(() -> System.nanoTime() - back >= 0);
    broker.restart();
    kafka.produce(TOPIC, 4 * EACH, EACH, KEYS);

    await().atMost(PATIENCE).until(() -> effects.size() == 5 * EACH);
    await().atMost(PATIENCE).until(() -> committed() == 5 * EACH);
    await().atMost(PATIENCE).until(() -> isConnected(pool));
    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();
    if (lost.get() == 0) {
      assertThat(effects.repeated()).as("its member was in the group all the time").isEmpty();
    }
  }

  private Tailrace pool() {
    PoolEvents losses =
        new PoolEvents() {
          @Override
          public void lost(String pipeline, String source, int epoch) {
            lost.incrementAndGet();
          }
        };
    KafkaSourceConfig source =
        KafkaSourceConfig.of(broker.bootstrap(), TOPIC, TOPIC).withConsumers(2);
    return Tailrace.builder(vertx)
        .events(losses)
        .add(
            Pipeline.named("orders")
                .source(source)
                .limits(new PipelineLimits(16, 512, 64 << 20, 512))
                .handle(effects)
                .build())
        .build();
  }

  private long committed() throws Exception {
    return kafka.committed(TOPIC).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether all that came has finished, what the client had fetched before included. */
  private boolean isThrough(MessageCounts counts) {
    return counts.inFlight() == 0 && counts.finishedTotal() == effects.size();
  }

  private static MessageCounts counts(Tailrace pool) throws Exception {
    return Results.result(pool.counts()).values().stream()
        .reduce(MessageCounts.NONE, MessageCounts::plus);
  }

  private static boolean isConnected(Tailrace pool) throws Exception {
    return Results.result(pool.status()).dependencies().stream()
        .allMatch(one -> one.state().equals("connected"));
  }
}
