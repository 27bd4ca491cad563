package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics that appear, grow, vanish and come again, and logs that are cut, on a real broker. */
class KafkaTopicsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ALL = 100_000;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("topics");
  private final List<SourceHarness> members = new ArrayList<>();

  @AfterEach
  void closeMembers() {
    members.forEach(SourceHarness::close);
  }

  static Stream<GroupProtocol> protocols() {
    return Stream.of(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY), GroupProtocol.consumer());
  }

  private KafkaSourceConfig config(GroupProtocol protocol) {
    KafkaSourceConfig config = KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic);
    return config
        .withMembership(Membership.of(topic, protocol))
        .withClient(config.client().with("metadata.max.age.ms", "500"));
  }

  private KafkaSourceConfig config() {
    return config(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY));
  }

  private SourceHarness open(KafkaSourceConfig config) {
    SourceHarness harness = new SourceHarness("a", config::source);
    members.add(harness);
    return harness.open().credit(ALL);
  }

  private void send(String... bodies) {
    Records.send(servers.kafka(), topic, List.of(bodies));
  }

  private interface Change {
    void make(Admin admin) throws Exception;
  }

  private void change(Change change) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      change.make(admin);
    }
  }

  private void delete() throws Exception {
    change(admin -> admin.deleteTopics(Set.of(topic)).all().get(30, TimeUnit.SECONDS));
  }

  private static void awaitBodies(SourceHarness member, String... bodies) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(member.bodies()).containsExactly(bodies));
  }

  private static void awaitNote(SourceHarness member, String words) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(member.notes()).anyMatch(note -> note.contains(words)));
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void aMissingTopicIsWaitedForWithAnAlarmWhereThatIsSaid(GroupProtocol protocol) {
    KafkaSourceConfig config = config(protocol);
    SourceHarness member =
        open(config.withSubscription(config.subscription().whenMissing(MissingTopics.WAIT)));
    awaitNote(member, "alarm:source_missing");

    servers.createTopic(topic, 1);
    send("x");

    awaitBodies(member, "x");
  }

  @Test
  void missingTopicsAreCreatedAsTheBrokersHaveItByDefaultWhereThatIsSaid() {
    Subscription both = Subscription.topics(Set.of(topic, topic + "-too"));
    SourceHarness member = open(config().withSubscription(both.whenMissing(MissingTopics.CREATE)));
    await().atMost(LIMIT).until(() -> member.assigned().size() == 2);

    send("x");

    awaitBodies(member, "x");
    assertThat(member.notes()).noneMatch(note -> note.contains("source_missing"));
  }

  @Test
  void aMissingTopicRefusesTheStartWhereNothingIsSaid() {
    assertThatThrownBy(() -> open(config()))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("topic '" + topic + "' does not exist");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void aTopicThatAppearsIsReadFromItsBeginningAlsoWhereAGroupBeginsAtTheLatest(
      GroupProtocol protocol) {
    KafkaSourceConfig config =
        config(protocol)
            .withSubscription(Subscription.pattern(topic + ".*"))
            .withStart(StartPosition.latest());
    SourceHarness member = open(config);

    servers.createTopic(topic, 1);
    send("x", "y");

    awaitBodies(member, "x", "y");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void aPartitionThatIsAddedIsReadFromItsBeginningAlsoWhereAGroupBeginsAtTheLatest(
      GroupProtocol protocol) throws Exception {
    servers.createTopic(topic, 1);
    send("old");
    SourceHarness member = open(config(protocol).withStart(StartPosition.latest()));
    await().atMost(LIMIT).until(() -> member.assigned().size() == 1);

    change(
        admin ->
            admin
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                .all()
                .get(30, TimeUnit.SECONDS));
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              Records.sendAll(
                  servers.kafka(),
                  List.of(
                      new ProducerRecord<>(
                          topic, 1, null, "new".getBytes(StandardCharsets.UTF_8))));
              return true;
            });

    await().atMost(LIMIT).until(() -> member.assigned().size() == 2);
    awaitBodies(member, "new");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void aTopicThatVanishesIsAnAlarmAndIsReadFromItsBeginningWhenItIsBack(GroupProtocol protocol)
      throws Exception {
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    SourceHarness member = open(config(protocol));
    awaitBodies(member, "0", "1", "2");
    member.settle(member.arrived());

    delete();
    awaitNote(member, "alarm:source_missing");
    await().atMost(LIMIT).untilAsserted(() -> servers.createTopic(topic, 1));
    send("again");

    awaitNote(member, "alarm:source_reset");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              member.settle(member.arrived()); // it may move once more, and comes again then
              assertThat(committed(member))
                  .as("%s, %s", member.notes(), member.bodies())
                  .isEqualTo("1");
            });
    assertThat(member.bodies()).startsWith("0", "1", "2").endsWith("again");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void ofATopicMadeAnewNothingIsPassedOverThatLiesBelowThePositionOfTheOldOne(
      GroupProtocol protocol) throws Exception {
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    SourceHarness member = open(config(protocol));
    awaitBodies(member, "0", "1", "2");
    member.settle(member.arrived());
    await().atMost(LIMIT).until(() -> committed(member).equals("3"));

    delete();
    await().atMost(LIMIT).untilAsserted(() -> servers.createTopic(topic, 1));
    String[] anew = IntStream.range(0, 20).mapToObj(i -> "new-" + i).toArray(String[]::new);
    send(anew);

    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(Set.copyOf(member.bodies())).contains(anew));
    awaitNote(member, "alarm:source_reset");
  }

  private static String committed(SourceHarness member) {
    return member.status().partitions().isEmpty()
        ? ""
        : member.status().partitions().get(0).committed();
  }

  private void deleteBelow(long offset) throws Exception {
    change(
        admin ->
            admin
                .deleteRecords(
                    Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get(30, TimeUnit.SECONDS));
  }

  /**
   * One that was read up to the third message, of ten, of which then the first six are deleted. No
   * fetch waits at the broker for what comes: it would be answered with what is deleted next.
   */
  private SourceHarness overtaken(KafkaSourceConfig config) throws Exception {
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    SourceHarness member = open(config.withClient(config.client().with("fetch.max.wait.ms", "1")));
    awaitBodies(member, "0", "1", "2");
    member.credit(0);
    await().atMost(LIMIT).until(() -> member.status().partitions().get(0).paused());
    member.settle(member.arrived());
    await().atMost(LIMIT).until(() -> committed(member).equals("3"));
    member.flush(); // goes through the poll thread, which has applied the pause by then
    send("3", "4", "5", "6", "7", "8", "9");
    deleteBelow(6);
    return member;
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void whatWasDeletedUnreadIsNamedAndReadingGoesOnAtTheOldest(GroupProtocol protocol)
      throws Exception {
    SourceHarness member = overtaken(config(protocol));

    member.credit(ALL);

    awaitBodies(member, "0", "1", "2", "6", "7", "8", "9");
    awaitNote(member, "alarm:source_loss:offsets 3 to 5 were deleted unread");
  }

  @ParameterizedTest
  @EnumSource(OutOfRange.class)
  void whatWasDeletedUnreadWhileNobodyReadIsNamedToo(OutOfRange policy) throws Exception {
    SourceHarness first = overtaken(config());
    first.closeIntake();
    first.closeSource();

    SourceHarness second = open(config().withOutOfRange(policy));

    awaitNote(second, "alarm:source_loss:offsets 3 to 5 were deleted unread");
    if (policy == OutOfRange.EARLIEST) {
      awaitBodies(second, "6", "7", "8", "9");
    } else {
      assertThat(second.bodies()).isEmpty();
      assertThat(second.assigned()).isEmpty();
    }
  }

  /** As by a broker that has not forgotten yet what was committed of the old topic, too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofATopicThatWasMadeAnewWhileNobodyReadNothingIsSkipped(boolean remembered) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    servers.createTopic(topic, 1);
    send("0", "1", "2");
    SourceHarness first = open(config());
    awaitBodies(first, "0", "1", "2");
    first.settle(first.arrived());
    await().atMost(LIMIT).until(() -> committed(first).equals("3"));
    first.closeIntake();
    first.closeSource();
    Map<TopicPartition, OffsetAndMetadata> old = new HashMap<>();
    change(
        admin ->
            old.putAll(
                admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get()));
    assertThat(old).containsOnlyKeys(partition);
    delete();
    servers.createTopic(topic, 1);
    send("a", "b", "c", "d", "e");
    if (remembered) {
      change(admin -> admin.alterConsumerGroupOffsets(topic, old).all().get());
    }

    SourceHarness second = open(config());

    awaitBodies(second, "a", "b", "c", "d", "e");
    if (remembered) {
      awaitNote(second, "alarm:source_reset:the topic was made anew since 3 was committed");
    }
    second.settle(second.arrived());
    await().atMost(LIMIT).until(() -> committed(second).equals("5"));
    second.closeIntake();
    second.closeSource();
    send("f");
    awaitBodies(open(config()), "f");
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void aPartitionThatIsToBeHeldIsReadNoFurther(GroupProtocol protocol) throws Exception {
    SourceHarness member = overtaken(config(protocol).withOutOfRange(OutOfRange.HOLD));

    member.credit(ALL);

    awaitNote(member, "alarm:source_loss:offsets 3 to 5 were deleted unread: held");
    assertThat(member.bodies()).containsExactly("0", "1", "2");
    assertThat(committed(member)).isEqualTo("3");
  }
}
