package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceHarness;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members that come and go in order, again and again, while work takes time and ends unordered. */
class KafkaChurnIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int PARTITIONS = 6;
  private static final int MESSAGES = 12_000;
  private static final int CHANGES = 8;

  /** So little that work is under way in every partition at every change. */
  private static final int CREDIT = 4;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("churn");
  private final Map<String, Integer> runs = new ConcurrentHashMap<>();

  /** A pool of the smallest kind: everything starts after a while, and takes a while. */
  private final class Worker {
    private final SourceHarness harness;
    private final Set<Partition> leaving = new HashSet<>(); // event loop only
    private final Map<Delivery, Partition> running = new ConcurrentHashMap<>();
    private final List<Runnable> waiting = new ArrayList<>(); // event loop only
    private boolean draining; // event loop only

    Worker(String name, GroupProtocol protocol) {
      Membership membership = Membership.of(topic, protocol);
      KafkaSourceConfig config =
          Heartbeats.quick(
              KafkaSourceConfig.of(servers.kafka().bootstrap(), topic, topic)
                  .withClient(
                      KafkaClientConfig.of(servers.kafka().bootstrap())
                          .with("max.poll.records", "" + CREDIT)),
              membership);
      harness = new SourceHarness(name, config::source);
      harness.onArrival(this::arrived);
      harness.onRevoke((partitions, left) -> revoke(partitions));
    }

    private void arrived(Delivery delivery) {
      if (delivery.finishedBefore()) {
        delivery.settle();
        harness.source().request(delivery.partition(), CREDIT, Long.MAX_VALUE);
      } else {
        int delay = harness.loop().random().nextInt(1, 20);
        harness.loop().after(Duration.ofMillis(delay), () -> begin(delivery));
      }
    }

    private void begin(Delivery delivery) {
      if (draining || leaving.contains(delivery.partition())) {
        delivery.release();
        return;
      }
      runs.merge(String.valueOf(delivery.message().body()), 1, Integer::sum);
      running.put(delivery, delivery.partition());
      int duration = harness.loop().random().nextInt(1, 40);
      harness.loop().after(Duration.ofMillis(duration), () -> end(delivery));
    }

    private void end(Delivery delivery) {
      running.remove(delivery);
      delivery.settle();
      harness.source().request(delivery.partition(), CREDIT, Long.MAX_VALUE);
      List<Runnable> checks = List.copyOf(waiting);
      waiting.clear();
      checks.forEach(Runnable::run);
    }

    private Future<Void> revoke(List<Partition> partitions) {
      leaving.addAll(partitions);
      return ended(new HashSet<>(partitions));
    }

    private Future<Void> ended(Set<Partition> partitions) {
      Promise<Void> promise = Promise.promise();
      check(partitions, promise);
      return promise.future();
    }

    private void check(Set<Partition> partitions, Promise<Void> promise) {
      if (running.values().stream().noneMatch(partitions::contains)) {
        promise.complete();
      } else {
        waiting.add(() -> check(partitions, promise));
      }
    }

    void open() {
      harness.open().credit(CREDIT);
    }

    /** As a drain does. */
    void leave() {
      harness.closeIntake();
      harness.run(() -> draining = true);
      harness.await(() -> ended(new HashSet<>(running.values())));
      Source.Flush flush = harness.flush();
      assertThat(flush.unknown()).as("unknown commits of %s", flush).isZero();
      assertThat(flush.pending()).as("pending commits of %s", flush).isZero();
      harness.close();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tailrace.kafka.KafkaRebalanceIT#each")
  void nothingIsLostAndNothingRunsTwice(GroupProtocol protocol) {
    servers.createTopic(topic, PARTITIONS);
    Records.sendAll(
        servers.kafka(),
        IntStream.range(0, MESSAGES)
            .mapToObj(
                i ->
                    new ProducerRecord<byte[], byte[]>(
                        topic, i % PARTITIONS, null, ("" + i).getBytes(StandardCharsets.UTF_8)))
            .toList());
    Random random = new Random(7);
    List<Worker> members = new ArrayList<>();
    for (int change = 0; change < CHANGES; change++) {
      boolean join = members.size() < 2 || (members.size() < 4 && random.nextBoolean());
      if (join) {
        Worker worker = new Worker("member-" + change, protocol);
        worker.open();
        members.add(worker);
      } else {
        members.remove(random.nextInt(members.size())).leave();
      }
      int seen = runs.size();
      int some = Math.min(MESSAGES, seen + MESSAGES / (2 * CHANGES));
      await().atMost(LIMIT).until(() -> runs.size() >= some);
    }

    await().atMost(LIMIT).until(() -> runs.size() == MESSAGES);
    members.forEach(Worker::leave);
    assertThat(runs).hasSize(MESSAGES);
    assertThat(runs.entrySet().stream().filter(run -> run.getValue() > 1)).isEmpty();
  }
}
