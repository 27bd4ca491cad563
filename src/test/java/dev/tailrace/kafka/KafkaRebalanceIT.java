package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceHarness;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members that come and go, on a real broker. */
class KafkaRebalanceIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PARTITIONS = 4;
  private static final int EACH = 300;
  private static final int ALL = 10_000;

  /** In each partition this message is never begun by the first member: the hole. */
  private static final long HOLE = 7;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("rebalance");
  private final List<SourceHarness> members = new ArrayList<>();

  @AfterEach
  void closeMembers() {
    members.forEach(SourceHarness::close);
  }

  private SourceHarness member(String instance, Membership membership) {
    KafkaSourceConfig config =
        Heartbeats.quick(
            KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic), membership);
    SourceHarness harness = new SourceHarness(instance, config::source);
    members.add(harness);
    return harness.open().credit(ALL);
  }

  static Stream<GroupProtocol> all() {
    return Stream.concat(
        Stream.of(Assignor.values()).map(GroupProtocol::classic),
        Stream.of(GroupProtocol.consumer()));
  }

  static Stream<GroupProtocol> each() {
    return Stream.of(
        GroupProtocol.classic(Assignor.RANGE),
        GroupProtocol.classic(Assignor.COOPERATIVE_STICKY),
        GroupProtocol.consumer());
  }

  private Membership membership(GroupProtocol protocol) {
    return Membership.of(topic, protocol);
  }

  private void produce() {
    servers.createTopic(topic, PARTITIONS);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int i = 0; i < EACH; i++) {
        byte[] body = (partition + ":" + i).getBytes(StandardCharsets.UTF_8);
        records.add(new ProducerRecord<>(topic, partition, null, body));
      }
    }
    Records.sendAll(servers.kafka(), records);
  }

  private static boolean isHole(Delivery delivery) {
    return delivery.message().origin().major() == HOLE;
  }

  private static List<Delivery> toRun(SourceHarness member, Set<Partition> except) {
    return member.arrived().stream()
        .filter(delivery -> !delivery.finishedBefore())
        .filter(delivery -> !except.contains(delivery.partition()))
        .toList();
  }

  private static int since(SourceHarness member, Set<Partition> before) {
    return member.arrived().stream()
        .filter(delivery -> !before.contains(delivery.partition()))
        .toList()
        .size();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aCleanRevocationOverAHoleRepeatsNothingAndLeavesTheHole(GroupProtocol protocol) {
    produce();
    SourceHarness first = member("a", membership(protocol));
    await().atMost(LIMIT).until(() -> first.arrived().size() == PARTITIONS * EACH);
    Set<Partition> before = new HashSet<>(first.assigned());
    first.settle(first.arrived().stream().filter(delivery -> !isHole(delivery)).toList());

    SourceHarness second = member("b", membership(protocol));
    await()
        .atMost(LIMIT)
        .until(() -> first.assigned().size() == 2 && second.assigned().size() == 2);

    // What the first member still holds of old epochs is its own; all else runs again if it
    // repeats.
    Set<Partition> kept = new HashSet<>(before);
    kept.retainAll(first.assigned());
    int aboveHole = EACH - (int) HOLE; // all of it comes, most of it as finished before
    await().atMost(LIMIT).until(() -> second.arrived().size() == 2 * aboveHole);
    await().atMost(LIMIT).until(() -> since(first, before) == (2 - kept.size()) * aboveHole);
    assertThat(toRun(second, Set.of())).hasSize(2).allMatch(KafkaRebalanceIT::isHole);
    assertThat(toRun(first, before)).hasSize(2 - kept.size()).allMatch(KafkaRebalanceIT::isHole);
  }

  @ParameterizedTest
  @MethodSource("each")
  void aMemberThatLeavesInOrderRepeatsNothing(GroupProtocol protocol) {
    produce();
    SourceHarness first = member("a", membership(protocol));
    SourceHarness second = member("b", membership(protocol));
    await()
        .atMost(LIMIT)
        .until(() -> first.assigned().size() == 2 && second.assigned().size() == 2);
    await().atMost(LIMIT).until(() -> second.arrived().size() >= 2 * EACH);
    second.closeIntake();
    second.settle(second.arrived());
    assertThat(second.flush().pending()).isZero();
    int had = first.arrived().size();
    List<String> moving = second.assigned().stream().map(Partition::source).toList();

    second.closeSource();
    await().atMost(LIMIT).until(() -> first.assigned().size() == PARTITIONS);
    Records.sendAll(
        servers.kafka(),
        IntStream.range(0, PARTITIONS)
            .mapToObj(
                partition ->
                    new ProducerRecord<byte[], byte[]>(
                        topic, partition, null, "end".getBytes(StandardCharsets.UTF_8)))
            .toList());

    await().atMost(LIMIT).until(() -> ends(first) == PARTITIONS);
    assertThat(first.arrived().subList(had, first.arrived().size()))
        .filteredOn(delivery -> moving.contains(delivery.partition().source()))
        .extracting(delivery -> String.valueOf(delivery.message().body()))
        .containsOnly("end");
  }

  private static long ends(SourceHarness member) {
    return member.bodies().stream().filter("end"::equals).count();
  }

  @ParameterizedTest
  @MethodSource("each")
  void aRevocationWaitsForRunningWorkAndCommitsItsPositions(GroupProtocol protocol) {
    produce();
    SourceHarness first = member("a", membership(protocol));
    await().atMost(LIMIT).until(() -> first.arrived().size() == PARTITIONS * EACH);
    CountDownLatch revoking = new CountDownLatch(1);
    Promise<Void> running = Promise.promise();
    first.onRevoke(
        (partitions, left) -> {
          revoking.countDown();
          return running.future();
        });

    SourceHarness second = member("b", membership(protocol), false);
    await().atMost(LIMIT).until(() -> revoking.getCount() == 0);
    assertThat(second.assigned()).as("nothing moves while work runs").isEmpty();
    first.settle(first.arrived());
    first.run(running::complete);

    await().atMost(LIMIT).until(() -> second.assigned().size() == 2);
    assertThat(second.notes()).contains("assigned:" + topic + "/2@" + EACH);
    assertThat(first.notes()).contains("revoked:" + topic + "/3");
  }

  @ParameterizedTest
  @MethodSource("each")
  void aRevocationThatOverrunsItsDeadlineLetsGoAndCommitsWhatIsFinished(GroupProtocol protocol) {
    produce();
    Membership hasty = membership(protocol).withRevokeDeadline(Duration.ofMillis(500));
    SourceHarness first = member("a", hasty);
    await().atMost(LIMIT).until(() -> first.arrived().size() == PARTITIONS * EACH);
    List<Delivery> done =
        first.arrived().stream()
            .filter(delivery -> delivery.message().origin().major() < HOLE)
            .toList();
    first.onRevoke(
        (partitions, left) -> {
          Promise<Void> cutOff = Promise.promise(); // as the pool does: it never waits longer
          first.loop().after(left, cutOff::complete);
          return cutOff.future();
        });
    first.settle(done);

    SourceHarness second = member("b", hasty);

    await().atMost(LIMIT).until(() -> second.assigned().size() == 2);
    assertThat(second.notes().toString()).contains("@" + HOLE);
    Delivery late = first.arrived().get(first.arrived().size() - 1);
    first.settle(List.of(late)); // moves nothing, whether it is ours still or not
    assertThat(first.flush().unknown()).isZero();
  }

  private SourceHarness member(String instance, Membership membership, boolean joined) {
    if (joined) {
      return member(instance, membership);
    }
    KafkaSourceConfig config =
        Heartbeats.quick(
            KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic), membership);
    SourceHarness harness = new SourceHarness(instance, config::source);
    members.add(harness);
    var unused = harness.opening();
    return harness.credit(ALL);
  }

  @ParameterizedTest
  @MethodSource("each")
  void aStaticMemberThatRemainsComesBackWithoutARebalance(GroupProtocol protocol) {
    produce();
    SourceHarness first = member("a", remaining(protocol, "one"));
    SourceHarness second = member("b", remaining(protocol, "two"));
    await()
        .atMost(LIMIT)
        .until(() -> first.assigned().size() == 2 && second.assigned().size() == 2);
    List<Partition> before = first.assigned();

    second.closeSource();
    SourceHarness again = member("b", remaining(protocol, "two"));

    await().atMost(LIMIT).until(() -> again.assigned().size() == 2);
    assertThat(first.assigned()).as("same epochs").isEqualTo(before);
  }

  @Test
  void aStaticIdThatAnotherMemberHoldsIsWaitedFor() {
    produce();
    Membership taken = membership(GroupProtocol.consumer()).withStaticId("one", OnClose.LEAVE);
    SourceHarness first = member("a", taken);
    await().atMost(LIMIT).until(() -> first.assigned().size() == PARTITIONS);

    SourceHarness second = member("b", taken, false);
    await().atMost(LIMIT).until(() -> ("" + second.status().error()).contains("static-id"));
    first.closeSource();

    await().atMost(LIMIT).until(() -> second.assigned().size() == PARTITIONS);
    assertThat(second.status().connected()).isTrue();
  }

  @Test
  void aMemberWhoseStaticIdAnotherTakesIsFencedSaysSoAndStaysOut() {
    produce();
    Membership taken = remaining(GroupProtocol.classic(Assignor.COOPERATIVE_STICKY), "one");
    SourceHarness first = member("a", taken);
    await().atMost(LIMIT).until(() -> first.arrived().size() == PARTITIONS * EACH);

    SourceHarness second = member("b", taken);
    await().atMost(LIMIT).until(() -> second.assigned().size() == PARTITIONS);
    await().atMost(LIMIT).until(() -> first.assigned().isEmpty());
    await()
        .atMost(LIMIT)
        .until(() -> ("" + first.status().error()).contains("uses the same static-id"));
    first.settle(first.arrived()); // too late: they are the other's
    assertThat(first.flush().unknown()).isZero();

    assertThat(first.notes()).contains("lost:" + topic + "/0", "lost:" + topic + "/3");
    assertThat(first.notes()).anyMatch(note -> note.startsWith("alarm:refused"));
    await().atMost(LIMIT).until(() -> second.arrived().size() == PARTITIONS * EACH);
    assertThat(toRun(second, Set.of())).hasSize(PARTITIONS * EACH);
    assertThat(second.notes()).noneMatch(note -> note.startsWith("lost:"));
    assertThat(second.assigned()).hasSize(PARTITIONS);
  }

  private Membership remaining(GroupProtocol protocol, String id) {
    return membership(protocol).withStaticId(id, OnClose.REMAIN);
  }
}
