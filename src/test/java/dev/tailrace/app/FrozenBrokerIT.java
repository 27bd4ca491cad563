package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.CancelReason;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker that is frozen while positions are committed, and in the middle of a rebalance, and that
 * goes on later: nothing is lost. For a drain meanwhile see {@link OutageDrainIT}.
 */
final class FrozenBrokerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final String TOPIC = "orders";
  private static final int PARTITIONS = 4;
  private static final int MESSAGES = 40;

  private final KafkaBroker broker = SharedServers.get().newKafka();
  private final KafkaProbe kafka = new KafkaProbe(broker);
  private final Vertx vertx = Vertx.vertx();
  private final HeldHandler held = new HeldHandler();

  @BeforeEach
  void produce() throws Exception {
    Servers.createTopic(broker, TOPIC, PARTITIONS, Map.of());
    kafka.produce(TOPIC, 0, MESSAGES, MESSAGES);
  }

  @AfterEach
  void close() throws Exception {
    broker.resume();
    Results.result(vertx.close());
    broker.close();
  }

  @Test
  void whatFinishesWhileTheBrokerIsFrozenIsCommittedWhenItGoesOnAndNotRepeated() throws Exception {
    Tailrace pool = started(held);
    await().atMost(PATIENCE).until(() -> held.started() == MESSAGES);

    broker.pause();
    held.release();
    await().atMost(PATIENCE).until(() -> !isConnected(pool));
    assertThat(finished(pool)).as("work goes on").isEqualTo(MESSAGES);
    broker.resume();

    await().atMost(PATIENCE).until(() -> committed() == MESSAGES);
    await().atMost(PATIENCE).until(() -> isConnected(pool));
    assertThat(held.messages()).doesNotHaveDuplicates();
    Results.result(pool.close());
  }

  @Test
  void aRebalanceThatFreezesWithItsBrokerLosesNothing() throws Exception {
    Tailrace first = started(held);
    await().atMost(PATIENCE).until(() -> held.started() == MESSAGES);
    HeldHandler later = new HeldHandler();
    later.release();
    Tailrace second = started(later);

    // it is revoking: that is what it asks its handlers to end for
    await().atMost(PATIENCE).until(() -> held.cancelled().contains(CancelReason.REVOKED));
    broker.pause();
    held.release();
    await().atMost(PATIENCE).until(() -> !isConnected(first));
    broker.resume();

    await().atMost(PATIENCE).until(() -> committed() == MESSAGES);
    kafka.produce(TOPIC, MESSAGES, MESSAGES, MESSAGES);
    await().atMost(PATIENCE).until(() -> committed() == 2 * MESSAGES);
    List<String> all = Stream.concat(held.messages().stream(), later.messages().stream()).toList();
    assertThat(new HashSet<>(all)).as("none is lost").hasSize(2 * MESSAGES);
    assertThat(Results.result(second.drain(SIGTERM)).exitCode()).isZero();
    assertThat(Results.result(first.drain(SIGTERM)).exitCode()).isZero();
  }

  private Tailrace started(HeldHandler handler) throws Exception {
    KafkaSourceConfig source = KafkaSourceConfig.of(broker.bootstrap(), TOPIC, TOPIC);
    return Results.result(
        Tailrace.builder(vertx)
            .add(Pipeline.named("orders").source(source).handle(handler).build())
            .build()
            .start());
  }

  private long committed() throws Exception {
    return kafka.committed(TOPIC).values().stream().mapToLong(Long::longValue).sum();
  }

  private static boolean isConnected(Tailrace pool) throws Exception {
    return Results.result(pool.status()).dependencies().stream()
        .allMatch(one -> one.state().equals("connected"));
  }

  private static long finished(Tailrace pool) throws Exception {
    return Results.result(pool.status()).pipelines().get(0).counts().finishedTotal();
  }
}
