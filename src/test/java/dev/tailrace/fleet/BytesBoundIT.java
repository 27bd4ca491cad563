package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.GatedHandler;
import dev.tailrace.admin.Scraper;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large messages in a small heap: what waits for a handler that blocks stays at the broker. */
class BytesBoundIT {
  private static final int PARTITIONS = 24;
  private static final int MESSAGES = 12 * PARTITIONS; // more than the heap holds
  private static final int MEBIBYTE = 1 << 20;
  private static final int MOST_HELD = 64;

  /** What the client has fetched: a batch of one message for each partition. */
  private static final int POLL = PARTITIONS;

  private static final Pattern PROBES = Pattern.compile("probes listens on http://[^:]*:(\\d+)");

  private final String name = Servers.uniqueName("large");
  private final Servers servers = SharedServers.get();

  @TempDir private Path folder;

  @Test
  void twentyFourPartitionsOfMebibytesNeverFillTheHeapAndAllComeThroughInTheEnd() throws Exception {
    prepare();
    produce();
    Path log = folder.resolve("log");
    Process process = FatJar.start(folder, log, List.of("run", "--report", "report.json"));
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> port(log) > 0 || !process.isAlive());
      Scraper scraper = Scraper.started(port(log));
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> scraper.page().inFlight() >= MOST_HELD / 2 && isSteady(scraper));
      Files.createFile(folder.resolve("open"));
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !process.isAlive() || Effects.read(folder).distinct(name) == MESSAGES);
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError");
      assertThat(scraper.pages())
          .hasSizeGreaterThan(50)
          .allSatisfy(page -> assertThat(page.inFlight()).isLessThanOrEqualTo(MOST_HELD + POLL));
    } finally {
      process.destroyForcibly();
    }
    assertThat(Effects.read(folder).repeated()).isEmpty();
  }

  /** Nothing has come for a while, although the broker has more. */
  private static boolean isSteady(Scraper scraper) throws Exception {
    long received = scraper.page().received();
    for (int i = 0; i < 100; i++) {
      if (scraper.page().received() != received) {
        return false;
      }
    }
    return received < MESSAGES;
  }

  private static int port(Path log) throws IOException {
    Matcher line = PROBES.matcher(Files.exists(log) ? Files.readString(log) : "");
    return line.find() ? Integer.parseInt(line.group(1)) : -1;
  }

  private void produce() throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", servers.kafka().bootstrap(), "max.request.size", 2 * MEBIBYTE);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      byte[] body = new byte[MEBIBYTE];
      for (int i = 0; i < MESSAGES; i++) {
        sent.add(producer.send(new ProducerRecord<>(name, i % PARTITIONS, null, body)));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    }
  }

  private void prepare() throws IOException {
    Map<String, String> large = Map.of("max.message.bytes", Integer.toString(2 * MEBIBYTE));
    Servers.createTopic(servers.kafka(), name, PARTITIONS, large);
    FatJar.packPlugin(folder.resolve("plugins/gated.jar"), GatedHandler.class);
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: worker-0
        kafka: {bootstrap.servers: "%2$s"}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler:
              java:
                class: com.example.effects.GatedHandler
                config: {file: all.effects, gate: open}
            buffer: {bytes: %3$dMiB}
            timeout: 5m
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, servers.kafka().bootstrap(), MOST_HELD),
        UTF_8);
  }
}
