package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.CancelReason;
import dev.tailrace.runtime.FailPoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker that is frozen while positions are committed, in the middle of a rebalance, and while
 * members leave, and that goes on later: nothing is lost. For a drain while nothing else happens
 * see {@link OutageDrainIT}.
 */
final class FrozenBrokerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final DrainConfig DRAIN = DrainConfig.within(Duration.ofSeconds(6));

  /** For a busy machine; that half a second is enough is for the campaigns to measure. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final GroupProtocol COOPERATIVE =
      GroupProtocol.classic(Assignor.COOPERATIVE_STICKY);
  private static final GroupProtocol EAGER = GroupProtocol.classic(Assignor.RANGE);
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
    FailPoint.install(null);
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

  @Test
  void aDrainWithinARevocationThatFreezesEndsInTimeWithFourAndTheOtherMemberDoesTheRest()
      throws Exception {
    Tailrace first = Results.result(pool(held, EAGER).start());
    await().atMost(PATIENCE).until(() -> held.started() == MESSAGES);
    HeldHandler later = new HeldHandler();
    later.release();
    Future<Tailrace> joining = pool(later, EAGER).start();
    await().atMost(PATIENCE).until(() -> held.cancelled().contains(CancelReason.REVOKED));

    broker.pause();
    Future<DrainReport> draining = first.drain(SIGTERM);
    held.release();
    DrainReport report = Results.result(draining);
    broker.resume();

    assertThat(report.exitCode()).as(report.toJson().encode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isZero();
    assertThat(Results.result(first.counts()).values())
        .singleElement()
        .satisfies(counts -> assertThat(counts.finishedTotal()).isEqualTo(MESSAGES));
    assertThat(report.positions())
        .hasSize(PARTITIONS)
        .allMatch(position -> position.commit().equals("unknown"));
    assertThat(report.timing().duration()).isLessThan(report.timing().deadline().plus(MARGIN));
    Tailrace second = Results.result(joining);
    await().atMost(PATIENCE).until(() -> committed() == MESSAGES);
    Set<String> all = new HashSet<>(held.messages());
    all.addAll(later.messages());
    assertThat(all).as("none is lost").hasSize(MESSAGES);
    assertThat(Results.result(second.drain(SIGTERM)).exitCode()).isZero();
  }

  @Test
  void aBrokerThatFreezesAsItsMembersLeaveHoldsNobodyUpAndWhatWasConfirmedIsSo() throws Exception {
    Tailrace pool = started(held);
    await().atMost(PATIENCE).until(() -> held.started() == MESSAGES);
    FailPoint.install(
        point -> {
          if (point == FailPoint.PHASE_CLOSE_SOURCES) {
            broker.pause();
          }
        });

    held.release();
    DrainReport report = Results.result(pool.drain(SIGTERM));
    broker.resume();

    assertThat(report.positions())
        .as(report.toJson().encode())
        .hasSize(PARTITIONS)
        .allMatch(position -> position.commit().equals("ok"));
    assertThat(report.messages().abandoned()).isZero();
    assertThat(report.exitCode()).isZero();
    assertThat(report.timing().duration()).isLessThan(report.timing().deadline().plus(MARGIN));
    assertThat(committed()).isEqualTo(MESSAGES);
  }

  private Tailrace started(HeldHandler handler) throws Exception {
    return Results.result(pool(handler, COOPERATIVE).start());
  }

  private Tailrace pool(HeldHandler handler, GroupProtocol protocol) {
    KafkaSourceConfig source =
        Heartbeats.quick(
            KafkaSourceConfig.of(broker.bootstrap(), TOPIC, TOPIC)
                .withClient(
                    KafkaClientConfig.of(broker.bootstrap()).with("session.timeout.ms", "10000")),
            Membership.of(TOPIC, protocol));
    return Tailrace.builder(vertx)
        .add(Pipeline.named("orders").source(source).handle(handler).build())
        .drain(DRAIN)
        .build();
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
