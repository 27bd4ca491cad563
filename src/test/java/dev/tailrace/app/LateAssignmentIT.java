package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
import dev.tailrace.kafka.Heartbeats;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Partitions that a group gives to a member which is draining. */
final class LateAssignmentIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final int PARTITIONS = 4;
  private static final int EACH = 40;

  private final Servers servers = SharedServers.get();
  private final KafkaProbe kafka = new KafkaProbe(servers.kafka());
  private final String topic = Servers.uniqueName("late");
  private final Vertx vertx = Vertx.vertx();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  static Stream<GroupProtocol> protocols() {
    return Stream.of(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY), GroupProtocol.consumer());
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void areHeldBackAndLeftAsTheyWereForWhoComesNext(GroupProtocol protocol) throws Exception {
    servers.createTopic(topic, PARTITIONS);
    HeldHandler held = new HeldHandler();
    Tailrace draining = Results.result(pool(protocol, held).start());
    Tailrace leaving = Results.result(pool(protocol, this::note).start());
    await().atMost(PATIENCE).until(() -> owned(draining) == 2 && owned(leaving) == 2);
    kafka.produce(topic, 0, EACH, EACH);
    await().atMost(PATIENCE).until(() -> held.started() + done.size() == EACH);
    int started = held.started();
    assertThat(started).isBetween(1, EACH - 1);

    Future<DrainReport> drain = draining.drain(SIGTERM);
    assertThat(Results.result(leaving.drain(SIGTERM)).exitCode()).isZero();
    await().atMost(PATIENCE).until(() -> kafka.owned(topic) == PARTITIONS);
    assertThat(kafka.members(topic)).isEqualTo(1);
    kafka.produce(topic, EACH, EACH, EACH);
    assertThat(drain.isComplete()).as("it works on what it has").isFalse();
    held.release();
    DrainReport report = Results.result(drain);

    assertThat(report.exitCode()).as(report.toJson().encode()).isZero();
    assertThat(held.started()).as("nothing new was begun").isEqualTo(started);
    Tailrace next = Results.result(pool(protocol, this::note).start());
    await().atMost(PATIENCE).until(() -> committed() == 2 * EACH);
    assertThat(Results.result(next.drain(SIGTERM)).exitCode()).isZero();
    done.addAll(held.messages());
    assertThat(done).as("none is lost, none repeated").doesNotHaveDuplicates().hasSize(2 * EACH);
  }

  private Tailrace pool(GroupProtocol protocol, MessageHandler handler) {
    KafkaSourceConfig source =
        Heartbeats.quick(
            KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic),
            Membership.of(topic, protocol));
    return Tailrace.builder(vertx)
        .add(Pipeline.named("orders").source(source).handle(handler).build())
        .build();
  }

  private Future<Outcome> note(Message message, MessageContext context) {
    done.add(message.toString());
    return Future.succeededFuture(Outcome.done());
  }

  private static int owned(Tailrace pool) throws Exception {
    return Results.result(pool.status()).pipelines().get(0).sources().size();
  }

  private long committed() throws Exception {
    return kafka.committed(topic).values().stream().mapToLong(Long::longValue).sum();
  }
}
