package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.State;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rights that are taken away from a pool that runs: it waits, says what it lacks, and goes on. */
final class LostRightsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final GuardedKafka kafka = new GuardedKafka();
  private final RecordedEvents events = new RecordedEvents();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private Tailrace pool;

  @BeforeEach
  void start() throws Exception {
    kafka.allowOnly("READ", "READ", "WRITE");
    Pipeline.Builder pipeline =
        kafka.reading(
            (message, context) -> {
              String body = String.valueOf(message.body());
              handled.add(body);
              return Future.succeededFuture(
                  body.startsWith("dead") ? Outcome.deadLetter("asked to") : Outcome.done());
            });
    pool =
        Results.result(
            Tailrace.builder(vertx).add(pipeline.build()).events(events).build().start());
    kafka.produce("first");
    await().atMost(PATIENCE).until(() -> kafka.committed() == 1);
  }

  @AfterEach
  void stop() throws Exception {
    Results.result(pool.close());
    Results.result(vertx.close());
    kafka.close();
  }

  @ParameterizedTest(name = "{0} of the topic, {1} of the group")
  @CsvSource({"DESCRIBE, READ, READ of topic 'orders'", "READ, -, READ of group 'workers'"})
  void aPoolThatMayNotReadAnyMoreSaysSoAndGoesOnWhenItMayAgain(
      String topic, String group, String lacking) throws Exception {
    kafka.allowOnly(topic, group, "WRITE");
    String words = "user 'worker' lacks " + lacking;
    await().atMost(PATIENCE).until(() -> errors().contains(words));
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(events.told())
        .anyMatch(told -> told.startsWith("alarm refused") && told.contains(words));
    kafka.produce("second");

    kafka.allowOnly("READ", "READ", "WRITE");

    await().atMost(PATIENCE).until(() -> handled.contains("second"));
    await().atMost(PATIENCE).until(() -> kafka.committed() == 2);
    await().atMost(PATIENCE).until(() -> errors().isEmpty());
    assertThat(events.count("alarm refused")).as("one alarm for one loss").isEqualTo(1);
  }

  @Test
  void aDeadLetterThatMayNotBeWrittenHoldsItsPositionUntilItMay() throws Exception {
    kafka.allowOnly("READ", "READ", "DESCRIBE");
    kafka.produce("dead");
    String words = "user 'worker' lacks WRITE of topic 'letters'";
    await().atMost(PATIENCE).until(() -> errors().contains(words));
    assertThat(events.told())
        .anyMatch(told -> told.startsWith("alarm refused") && told.contains(words));
    assertThat(kafka.committed()).isEqualTo(1);

    kafka.allowOnly("READ", "READ", "WRITE");

    await().atMost(PATIENCE).until(() -> kafka.committed() == 2);
    assertThat(handled).as("the handler has decided once").containsExactly("first", "dead");
    assertThat(errors()).isEmpty();
  }

  private String errors() throws Exception {
    StringBuilder errors = new StringBuilder();
    for (PoolStatus.Dependency one : Results.result(pool.status()).dependencies()) {
      errors.append(one.error() == null ? "" : one.error());
    }
    return errors.toString();
  }
}
