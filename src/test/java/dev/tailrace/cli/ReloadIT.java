package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process takes over changed configurations under load, and loses and repeats nothing. */
class ReloadIT {
  private static final int RELOADS = Integer.getInteger("reload.times", 4);
  private static final int BATCH = 500;
  private static final String ADMIN = "admin listens on ";

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("reload");

  @Test
  void reloadsUnderLoadLoseAndRepeatNothing() throws Exception {
    servers.createTopic(topic, 2);
    write("5s", 8);
    try (JarProcess run =
        JarProcess.start(folder, "run", "--events", "events.jsonl", "--report", "report.json")) {
      run.awaitErr("running: ");
      String url = adminUrl(run);
      for (int reload = 0; reload < RELOADS; reload++) {
        produce(reload);
        int least = reload * BATCH + BATCH / 10;
        await().atMost(Duration.ofMinutes(1)).until(() -> settled() >= least);
        write((6 + reload) + "s", 8);
        int generation = reload + 2;
        if (reload % 2 == 0) {
          run.signal("HUP");
          await()
              .atMost(Duration.ofMinutes(2))
              .until(() -> generation(url) == generation || !run.process().isAlive());
        } else {
          JarProcess ordered = JarProcess.run(folder, "reload", "--url", url);
          assertThat(ordered.exitCode()).as(ordered.err()).isEqualTo(ExitCode.OK);
          assertThat(ordered.out())
              .contains("pipelines.work.timeout: ", "pipeline work: restarted")
              .contains("Configuration " + generation + " applies.");
        }
      }
      limitsChangeWhileItGoesOn(url);
      refusesABadOne(run, url);
      await().atMost(Duration.ofMinutes(2)).until(() -> settled() == (RELOADS + 1L) * BATCH);

      run.signal("TERM");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }
    verify();
  }

  private void limitsChangeWhileItGoesOn(String url) throws Exception {
    produce(RELOADS);
    await().atMost(Duration.ofMinutes(1)).until(() -> settled() >= RELOADS * BATCH + BATCH / 10);
    write((5 + RELOADS) + "s", 3);

    JarProcess ordered = JarProcess.run(folder, "reload", "--url", url);

    assertThat(ordered.exitCode()).as(ordered.err()).isEqualTo(ExitCode.OK);
    assertThat(ordered.out())
        .contains("pipelines.work.concurrency: ", "pipeline work: limited")
        .contains("Configuration " + (RELOADS + 2) + " applies.");
  }

  private void refusesABadOne(JarProcess run, String url) throws Exception {
    Files.writeString(folder.resolve("tailrace.yaml"), "nonsense: true\n");

    JarProcess refused = JarProcess.run(folder, "reload", "--url", url);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.err()).contains("tailrace.yaml:1:1", "nonsense");
    assertThat(generation(url)).isEqualTo(RELOADS + 2);
    assertThat(run.process().isAlive()).isTrue();
  }

  private void verify() throws Exception {
    try (JarProcess verify =
        JarProcess.run(
            folder,
            "verify",
            "--events",
            "events.jsonl",
            "--report",
            "report.json",
            "--expect",
            "complete,order=key")) {
      assertThat(verify.exitCode()).as(verify.out()).isEqualTo(ExitCode.OK);
    }
    assertThat(started()).as("each message once").isEqualTo((RELOADS + 1L) * BATCH);
  }

  private long settled() throws IOException {
    return count("\"ev\":\"settled\"");
  }

  private long started() throws IOException {
    return count("\"ev\":\"started\"");
  }

  private long count(String word) throws IOException {
    Path events = folder.resolve("events.jsonl");
    return Files.readString(events).lines().filter(line -> line.contains(word)).count();
  }

  private static int generation(String url) throws Exception {
    return JarProcess.statusAt(url).getJsonObject("config").getInteger("generation");
  }

  private static String adminUrl(JarProcess run) {
    String err = run.err();
    int at = err.indexOf(ADMIN);
    assertThat(at).as(err).isNotNegative();
    String rest = err.substring(at + ADMIN.length());
    return rest.substring(0, rest.indexOf('"'));
  }

  private void produce(int batch) {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < BATCH; i++) {
        var unused =
            producer.send(new ProducerRecord<>(topic, "key-" + i % 20, "{\"b\": " + batch + "}"));
      }
    }
  }

  private void write(String timeout, int concurrency) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: a
        kafka: {bootstrap.servers: "%2$s"}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            timeout: %3$s
            concurrency: %4$d
            handler: {java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 5}}}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(topic, servers.kafka().bootstrap(), timeout, concurrency));
  }
}
