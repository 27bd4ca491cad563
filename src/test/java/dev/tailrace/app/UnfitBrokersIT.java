package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.Assignor;
import dev.tailrace.kafka.GroupProtocol;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.lifecycle.State;
import dev.tailrace.local.LocalKafka;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Outcome;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Brokers that answer and will not do: waiting would not help, so the start fails at once. */
final class UnfitBrokersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Servers servers = SharedServers.get();
  private final Vertx vertx = Vertx.vertx();
  private final String topic = Servers.uniqueName("unfit");

  private static LocalKafka guardedBroker;
  private static GuardedKafka guarded;

  @BeforeAll
  static void startGuarded() throws Exception {
    guardedBroker = LocalKafka.startGuarded();
    guarded = new GuardedKafka(guardedBroker, "");
  }

  @AfterAll
  static void stopGuarded() {
    guardedBroker.close();
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aGroupThatUsesAnotherAssignorIsNamedWithTheSettingAndGoesOnUndisturbed() throws Exception {
    servers.createTopic(topic, 2);
    KafkaSourceConfig ours = KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic);
    Tailrace first = Results.result(pool(ours).start());
    KafkaProbe kafka = new KafkaProbe(servers.kafka());
    await().atMost(PATIENCE).until(() -> kafka.members(topic) == 1);
    Membership range = Membership.of(topic, GroupProtocol.classic(Assignor.RANGE));

    Throwable refusal = refusal(ours.withMembership(range));

    assertThat(refusal).hasMessageContaining(topic).hasMessageContaining("source.kafka.assignor");
    assertThat(first.ready()).isTrue();
    assertThat(kafka.members(topic)).isEqualTo(1);
    Results.result(first.close());
  }

  @Test
  void aBrokerThatRefusesTheLoginIsNamed() throws Exception {
    servers.createTopic(topic, 1);
    KafkaSourceConfig plain = KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic);
    String login = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    Throwable refusal =
        refusal(
            plain.withClient(
                plain
                    .client()
                    .with("security.protocol", "SASL_PLAINTEXT")
                    .with("sasl.mechanism", "PLAIN")
                    .with("sasl.jaas.config", login + " username=\"me\" password=\"secret\";")));

    assertThat(refusal)
        .hasMessageContaining("kafka " + servers.kafka().bootstrap() + ": the broker refuses")
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest(name = "{0} of the topic, {1} of the group, {2} of the dead letters")
  @CsvSource(
      delimiter = '|',
      value = {
        "-        | READ | WRITE    | topic 'orders' does not exist on",
        "DESCRIBE | READ | WRITE    | user 'worker' lacks READ of topic 'orders'",
        "READ     | -    | WRITE    | user 'worker' lacks READ of group 'workers'",
        "DESCRIBE | -    | WRITE    | lacks READ of topic 'orders' and READ of group 'workers'",
        "READ     | READ | -        | topic 'letters' does not exist on",
        "READ     | READ | DESCRIBE | user 'worker' lacks WRITE of topic 'letters'"
      })
  void whatAUserLacksIsNamed(String topic, String group, String letters, String named)
      throws Exception {
    guarded.allowOnly(topic, group, letters);

    Throwable refusal = refusal(guarded.pipeline());

    assertThat(refusal).hasMessageContaining(named);
    assertThat(refusal.getMessage()).contains(guarded.bootstrap());
  }

  @Test
  void theRightsThatAreNamedAreEnough() throws Exception {
    guarded.allowOnly("READ", "READ", "WRITE");
    Tailrace pool = Tailrace.builder(vertx).add(guarded.pipeline()).build();

    Results.result(pool.start());

    assertThat(pool.ready()).isTrue();
    Results.result(pool.close());
  }

  @Test
  void aRedisThatRefusesThePasswordIsNamed() throws Exception {
    try (RedisServer server = servers.newRedis()) {
      Redis admin = Redis.createClient(vertx, server.url());
      Request locking =
          Request.cmd(Command.CONFIG).arg("SET").arg("requirepass").arg("the right one");
      Results.result(admin.send(locking));

      Throwable refusal = refusal(RedisSourceConfig.of(server.url(), "group", topic));

      assertThat(refusal).hasMessageContaining(server.url().replace("redis://", ""));
      Results.result(admin.close());
    }
  }

  /**
   * The start's failure: it came before the start-up deadline, and says that the broker refuses.
   */
  private Throwable refusal(SourceConfig source) throws Exception {
    return refusal(pipeline(source));
  }

  private Throwable refusal(Pipeline pipeline) throws Exception {
    Tailrace pool = pool(pipeline);
    Future<Tailrace> starting = pool.start();
    await().atMost(PATIENCE).until(starting::isComplete);

    assertThat(starting.cause()).isInstanceOf(UnfitException.class);
    assertThat(starting.cause().getMessage()).doesNotContain("startup.deadline");
    assertThat(Tailrace.exitCode(starting.cause())).isEqualTo(5);
    assertThat(pool.state()).isEqualTo(State.FAILED);
    return starting.cause();
  }

  private Tailrace pool(SourceConfig source) {
    return pool(pipeline(source));
  }

  private static Pipeline pipeline(SourceConfig source) {
    return Pipeline.named("unfit")
        .source(source)
        .handle((message, context) -> Future.succeededFuture(Outcome.done()))
        .build();
  }

  private Tailrace pool(Pipeline pipeline) {
    return Tailrace.builder(vertx).add(pipeline).startupDeadline(Duration.ofMinutes(5)).build();
  }
}
