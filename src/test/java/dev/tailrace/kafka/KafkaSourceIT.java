package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Message;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import dev.tailrace.source.UnfitException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A source and a real broker: what messages look like, bad input, outages, where reading begins.
 */
class KafkaSourceIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ALL = 100_000;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("source");
  private final List<SourceHarness> members = new ArrayList<>();

  @AfterEach
  void closeMembers() {
    members.forEach(SourceHarness::close);
  }

  private KafkaSourceConfig config() {
    return KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic);
  }

  private SourceHarness member(KafkaSourceConfig config) {
    SourceHarness harness = new SourceHarness("a", config::source);
    members.add(harness);
    return harness;
  }

  private void send(String... bodies) {
    Records.send(servers.kafka(), topic, List.of(bodies));
  }

  private static void awaitBodies(SourceHarness member, String... bodies) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(member.bodies()).containsExactly(bodies));
  }

  @Test
  void aMessageKeepsItsNullsItsEmptyBodyItsHeadersAndItsTime() {
    servers.createTopic(topic, 1);
    RecordHeader header = new RecordHeader("trace", "t1".getBytes(StandardCharsets.UTF_8));
    byte[] value = "v".getBytes(StandardCharsets.UTF_8);
    Records.sendAll(
        servers.kafka(),
        List.of(
            new ProducerRecord<>(topic, 0, 1_700_000_000_000L, null, value, List.of(header)),
            new ProducerRecord<>(topic, 0, "key".getBytes(StandardCharsets.UTF_8), null),
            new ProducerRecord<>(topic, 0, new byte[0], new byte[0])));

    SourceHarness member = member(config()).open().credit(ALL);
    await().atMost(LIMIT).until(() -> member.arrived().size() == 3);

    Message first = member.arrived().get(0).message();
    assertThat(first.key()).isNull();
    assertThat(first.headers().text("trace")).isEqualTo("t1");
    assertThat(first.timestamp()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_000L));
    assertThat(first.toString()).isEqualTo(topic + "/0@0").isEqualTo(first.origin().toString());
    assertThat(member.arrived().get(0).bytes()).isEqualTo("v".length() + "trace".length() + 2);
    Message tombstone = member.arrived().get(1).message();
    assertThat(tombstone.body()).isNull();
    assertThat(String.valueOf(tombstone.key())).isEqualTo("key");
    Message empty = member.arrived().get(2).message();
    assertThat(empty.body()).isNotNull().extracting(body -> body.length()).isEqualTo(0);
    assertThat(member.arrived().get(2).bytes()).isEqualTo(1);
  }

  @Test
  void aMessageOfTenMebibytesArrivesWhole() {
    Servers.createTopic(servers.kafka(), topic, 1, Map.of("max.message.bytes", "20000000"));
    byte[] large = new byte[10 << 20];
    large[large.length - 1] = 7;
    Records.sendAll(servers.kafka(), List.of(new ProducerRecord<>(topic, 0, null, large)));

    SourceHarness member = member(config()).open().credit(1);
    await().atMost(LIMIT).until(() -> member.arrived().size() == 1);

    Delivery delivery = member.arrived().get(0);
    assertThat(delivery.bytes()).isEqualTo(large.length);
    assertThat(delivery.message().body())
        .isNotNull()
        .extracting(body -> body.getByte(large.length - 1))
        .isEqualTo((byte) 7);
  }

  @Test
  void creditHoldsThePartitionBackAfterAtMostOnePoll() {
    servers.createTopic(topic, 1);
    int polled = 50;
    Records.send(
        servers.kafka(), topic, IntStream.range(0, 500).mapToObj(Integer::toString).toList());
    KafkaSourceConfig config = config();
    SourceHarness member =
        member(config.withClient(config.client().with("max.poll.records", "" + polled)));

    member.open().credit(1);
    await().atMost(LIMIT).until(() -> !member.arrived().isEmpty());
    await().atMost(LIMIT).until(() -> member.status().partitions().get(0).paused());
    int had = member.arrived().size();
    assertThat(had).isLessThanOrEqualTo(polled);

    member.credit(ALL);
    await().atMost(LIMIT).until(() -> member.arrived().size() == 500);
  }

  @Test
  void aMissingTopicIsRefusedWithTheNameThatWasMeant() {
    servers.createTopic(topic, 1);
    KafkaSourceConfig misspelt =
        KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic + "x");

    assertThatThrownBy(() -> member(misspelt).open())
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("topic '" + topic + "x' does not exist")
        .hasMessageContaining("did you mean '" + topic + "'?");
  }

  @Test
  void aGroupWithAnotherAssignorIsRefusedAndTheSettingNamed() {
    servers.createTopic(topic, 1);
    SourceHarness sticky = member(config());
    sticky.open();
    Membership range = Membership.of(topic, GroupProtocol.classic(Assignor.RANGE));

    assertThatThrownBy(() -> member(config().withMembership(range)).open())
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("source.kafka.assignor");
  }

  @Test
  void startNoneRefusesAGroupWithoutPosition() {
    servers.createTopic(topic, 1);

    SourceHarness member = member(config().withStart(StartPosition.none()));
    CompletableFuture<Void> opening = member.opening();

    assertThatThrownBy(() -> SourceHarness.join(opening))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("start is none");
  }

  @Test
  void startLatestIsAppliedOnceAlsoWhenNothingWasFinishedBeforeTheEnd() {
    servers.createTopic(topic, 1);
    send("old");
    KafkaSourceConfig latest = config().withStart(StartPosition.latest());
    SourceHarness first = member(latest).open().credit(ALL);
    await().atMost(LIMIT).until(() -> !first.assigned().isEmpty());
    await().atMost(LIMIT).until(() -> first.status().partitions().get(0).committed().equals("1"));
    send("new");
    awaitBodies(first, "new");
    first.closeIntake();
    first.closeSource(); // nothing settled

    SourceHarness second = member(latest).open().credit(ALL);

    awaitBodies(second, "new");
  }

  @Test
  void startAtATimestampBeginsThere() {
    servers.createTopic(topic, 1);
    Records.sendAll(
        servers.kafka(),
        List.of(
            new ProducerRecord<>(topic, 0, 1_000L, null, "a".getBytes(StandardCharsets.UTF_8)),
            new ProducerRecord<>(topic, 0, 2_000L, null, "b".getBytes(StandardCharsets.UTF_8))));

    SourceHarness member =
        member(config().withStart(StartPosition.since(Instant.ofEpochMilli(1_500))));

    awaitBodies(member.open().credit(ALL), "b");
  }

  @Test
  void aPatternReadsAllTopicsThatMatch() {
    servers.createTopic(topic, 1);
    send("x");
    KafkaSourceConfig pattern =
        config()
            .withSubscription(Subscription.pattern(topic.substring(0, topic.length() - 1) + "."));

    awaitBodies(member(pattern).open().credit(ALL), "x");
  }

  @Test
  void lagAndGapAreTold() {
    servers.createTopic(topic, 1);
    send("0", "1", "2", "3");
    SourceHarness member = member(config()).open().credit(ALL);
    awaitBodies(member, "0", "1", "2", "3");
    member.settle(member.arrived().subList(2, 4));

    await().atMost(LIMIT).until(() -> member.status().partitions().get(0).committed().equals("0"));
    PartitionStatus status = member.status().partitions().get(0);
    assertThat(status.source()).isEqualTo(topic + "/0");
    assertThat(status.gap()).isEqualTo(3);
    assertThat(status.lagMillis()).isNotNegative();
    await().atMost(LIMIT).until(() -> member.status().partitions().get(0).lag() == 0);
  }

  @Test
  void aTopicMadeAnewIsReadFromItsBeginning() throws Exception {
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    SourceHarness first = member(config()).open().credit(ALL);
    awaitBodies(first, "0", "1", "2");
    first.settle(first.arrived());
    first.flush();
    first.closeSource();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      admin.deleteTopics(Set.of(topic)).all().get(60, TimeUnit.SECONDS);
    }
    await().atMost(LIMIT).untilAsserted(() -> servers.createTopic(topic, 1));
    send("again");

    SourceHarness second = member(config()).open().credit(ALL);

    awaitBodies(second, "again");
    assertThat(second.arrived().get(0).finishedBefore()).isFalse();
  }

  @Test
  void aTopicMadeAnewWhileItIsReadGoesOnFromItsBeginning() throws Exception {
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    KafkaSourceConfig config = config();
    SourceHarness member =
        member(config.withClient(config.client().with("metadata.max.age.ms", "500"))).open();
    member.credit(ALL);
    awaitBodies(member, "0", "1", "2");
    member.settle(member.arrived());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      admin.deleteTopics(Set.of(topic)).all().get(60, TimeUnit.SECONDS);
    }
    await().atMost(LIMIT).untilAsserted(() -> servers.createTopic(topic, 1));
    send("again");

    awaitBodies(member, "0", "1", "2", "again");
    member.settle(member.arrived().subList(3, 4));
    await().atMost(LIMIT).until(() -> member.status().partitions().get(0).committed().equals("1"));
  }

  @Test
  void aBrokerThatIsAbsentIsToldAtOnceAndUsedWhenItAppears() throws Exception {
    try (KafkaBroker broker = servers.newKafka()) {
      Servers.createTopic(broker, topic, 1, Map.of());
      Records.send(broker, topic, List.of("x"));
      broker.kill();
      SourceHarness member = member(KafkaSourceConfig.of(broker.bootstrap(), topic, topic));

      CompletableFuture<Void> opening = member.opening();
      assertThat(member.status().connected()).isFalse();
      assertThat(member.status().error()).contains(broker.bootstrap());
      await().atMost(LIMIT).until(() -> member.notes().toString().contains("alarm:unreachable"));
      assertThat(opening).isNotDone();

      broker.restart();
      SourceHarness.join(opening);
      member.credit(ALL);
      awaitBodies(member, "x");
      assertThat(member.status().connected()).isTrue();
      member.closeSource();
    }
  }

  @Test
  void aFrozenBrokerIsToldAndNeitherHoldsTheCloseNorLosesWhatComesAfter() {
    try (KafkaBroker broker = servers.newKafka()) {
      Servers.createTopic(broker, topic, 1, Map.of());
      Records.send(broker, topic, List.of("x", "y"));
      KafkaSourceConfig config =
          KafkaSourceConfig.of(broker.bootstrap(), topic, topic)
              .withClient(
                  KafkaClientConfig.of(broker.bootstrap()).with("session.timeout.ms", "6000"));
      SourceHarness member = member(config).open().credit(ALL);
      awaitBodies(member, "x", "y");

      broker.pause();
      await().atMost(LIMIT).until(() -> !member.status().connected());
      member.settle(member.arrived());
      member.closeIntake();
      long began = System.nanoTime();
      member.closeSource();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      broker.resume();

      assertThat(took).as("the client alone waits for a minute").isLessThan(LIMIT.dividedBy(2));
      SourceHarness next = member(config).open().credit(ALL);
      awaitBodies(next, "x", "y");
      next.closeSource();
    }
  }
}
