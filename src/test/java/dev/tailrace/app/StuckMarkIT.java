package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.local.TestClassPath;
import dev.tailrace.source.PositionMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while one message holds the mark and thousands above it are done. */
final class StuckMarkIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int MESSAGES = 6_000;
  private static final int ABOVE = 2_000;
  private static final long STUCK = 3;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("mark");
  private final List<Process> processes = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void kill() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor(60, TimeUnit.SECONDS);
    }
  }

  private Path worker(String name, long stuck) throws Exception {
    Path effects = folder.resolve(name);
    processes.add(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                TestClassPath.joined(),
                StuckMarkWorker.class.getName(),
                servers.kafka().bootstrap(),
                topic,
                effects.toString(),
                Long.toString(stuck))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start());
    return effects;
  }

  private OffsetAndMetadata committed() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      return admin
          .listConsumerGroupOffsets(topic)
          .partitionsToOffsetAndMetadata()
          .get(60, TimeUnit.SECONDS)
          .getOrDefault(new TopicPartition(topic, 0), new OffsetAndMetadata(0));
    }
  }

  /** The offsets that a commit calls finished, above its position. */
  private static List<Long> finished(OffsetAndMetadata committed) {
    PositionMetadata metadata =
        PositionMetadata.decode(committed.offset(), committed.metadata())
            .metadata()
            .orElse(PositionMetadata.NONE);
    return LongStream.range(0, metadata.length())
        .filter(above -> metadata.finished((int) above))
        .map(above -> committed.offset() + above)
        .boxed()
        .toList();
  }

  @Test
  void afterAKillExactlyThatRunsAgainWhichTheLastCommitDoesNotCallFinished() throws Exception {
    servers.createTopic(topic, 1);
    new KafkaProbe(servers.kafka()).produce(topic, 0, MESSAGES, MESSAGES);
    Path before = worker("before", STUCK);
    await().atMost(LIMIT).until(() -> finished(committed()).size() >= ABOVE);

    processes.get(0).destroyForcibly().waitFor();
    OffsetAndMetadata last = committed();
    List<Long> done = finished(last);
    assertThat(last.offset()).isEqualTo(STUCK);
    assertThat(done).hasSizeBetween(ABOVE, MESSAGES - 1);
    assertThat(offsets(before)).containsAll(done);

    Path after = worker("after", -1);
    await().atMost(LIMIT).until(() -> committed().offset() == MESSAGES);

    List<Long> again = offsets(after);
    assertThat(again).doesNotHaveDuplicates().doesNotContainAnyElementsOf(done);
    assertThat(again).hasSize(MESSAGES - (int) STUCK - done.size()).contains(STUCK);
  }

  private static List<Long> offsets(Path effects) throws Exception {
    return Files.readAllLines(effects).stream().map(Long::valueOf).toList();
  }
}
