package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.State;
import dev.tailrace.local.LocalKafka;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rights that are taken away from a pool that runs: it waits, says what it lacks, and goes on. */
final class LostRightsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final GroupProtocol CLASSIC = GroupProtocol.classic(Assignor.COOPERATIVE_STICKY);

  private static LocalKafka broker;

  private final Vertx vertx = Vertx.vertx();
  private final RecordedEvents events = new RecordedEvents();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private @Nullable Tailrace started;
  private GuardedKafka kafka;

  @BeforeAll
  static void startBroker() {
    broker = LocalKafka.startGuarded();
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics() {
    kafka = new GuardedKafka(broker, Servers.uniqueName(""));
  }

  private Tailrace start(GroupProtocol protocol) throws Exception {
    kafka.allowOnly("READ", "READ", "WRITE");
    Pipeline.Builder pipeline =
        kafka.reading(
            Membership.of(kafka.workers(), protocol),
            (message, context) -> {
              String body = String.valueOf(message.body());
              handled.add(body);
              return Future.succeededFuture(
                  body.startsWith("dead") ? Outcome.deadLetter("asked to") : Outcome.done());
            });
    Tailrace pool =
        Results.result(
            Tailrace.builder(vertx).add(pipeline.build()).events(events).build().start());
    started = pool;
    kafka.produce("first");
    await().atMost(PATIENCE).until(() -> kafka.committed() == 1);
    return pool;
  }

  @AfterEach
  void stop() throws Exception {
    if (started != null) {
      Results.result(started.close());
    }
    Results.result(vertx.close());
  }

  @ParameterizedTest(name = "{0}: {1} of the topic, {2} of the group")
  @CsvSource({
    "classic, DESCRIBE, READ, topic",
    "classic, READ, -, group",
    "consumer, DESCRIBE, READ, topic",
    "consumer, READ, -, group"
  })
  void aPoolThatMayNotReadAnyMoreSaysSoAndGoesOnWhenItMayAgain(
      String protocol, String topic, String group, String lacking) throws Exception {
    Tailrace pool = start(protocol.equals("classic") ? CLASSIC : GroupProtocol.consumer());
    kafka.allowOnly(topic, group, "WRITE");
    String name = lacking.equals("topic") ? kafka.orders() : kafka.workers();
    String words = "user 'worker' lacks READ of %s '%s'".formatted(lacking, name);
    await().atMost(PATIENCE).until(() -> errors(pool).contains(words));
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(events.told())
        .anyMatch(told -> told.startsWith("alarm refused") && told.contains(words));
    kafka.produce("second");

    kafka.allowOnly("READ", "READ", "WRITE");

    await().atMost(PATIENCE).until(() -> handled.contains("second"));
    await().atMost(PATIENCE).until(() -> kafka.committed() == 2);
    await().atMost(PATIENCE).until(() -> errors(pool).isEmpty());
    assertThat(events.count("alarm refused")).as("one alarm for one loss").isEqualTo(1);
  }

  @Test
  void aDeadLetterThatMayNotBeWrittenHoldsItsPositionUntilItMay() throws Exception {
    Tailrace pool = start(CLASSIC);
    kafka.allowOnly("READ", "READ", "DESCRIBE");
    kafka.produce("dead");
    String words = "user 'worker' lacks WRITE of topic '" + kafka.letters() + "'";
    await().atMost(PATIENCE).until(() -> errors(pool).contains(words));
    assertThat(events.told())
        .anyMatch(told -> told.startsWith("alarm refused") && told.contains(words));
    assertThat(kafka.committed()).isEqualTo(1);

    kafka.allowOnly("READ", "READ", "WRITE");

    await().atMost(PATIENCE).until(() -> kafka.committed() == 2);
    assertThat(handled).as("the handler has decided once").containsExactly("first", "dead");
    await().atMost(PATIENCE).until(() -> errors(pool).isEmpty());
  }

  private static String errors(Tailrace pool) throws Exception {
    StringBuilder errors = new StringBuilder();
    for (PoolStatus.Dependency one : Results.result(pool.status()).dependencies()) {
      errors.append(one.error() == null ? "" : one.error());
    }
    return errors.toString();
  }
}
