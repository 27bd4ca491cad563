package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real worker on a topic of its own for each test, and the folder that it runs in. */
abstract class WorkerOnTopic {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path folder;

  final String topic = Servers.uniqueName("worker");
  final Vertx vertx = Vertx.vertx(); // of whom the worker speaks to

  private final Servers servers = SharedServers.get();

  @BeforeEach
  void createTopic() {
    servers.createTopic(topic, 1);
  }

  @AfterEach
  void closeVertx() throws Exception {
    result(vertx.close());
  }

  /**
   * Writes its configuration.
   *
   * @param handler as in YAML
   * @param more sections
   */
  final void write(String handler, String more) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: a
        kafka: {bootstrap.servers: "%2$s", session.timeout.ms: 6000}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {%3$s}
        admin: {port: 0}
        probes: {port: 0}
        %4$s
        """
            .formatted(topic, servers.kafka().bootstrap(), handler, more));
  }

  /** Starts it, and waits until it runs. */
  final JarProcess started(Map<String, String> variables, String... options) throws IOException {
    String[] arguments = Stream.concat(Stream.of("run"), Stream.of(options)).toArray(String[]::new);
    JarProcess run = JarProcess.start(folder, variables, arguments);
    run.awaitErr("running: ");
    assertThat(run.process().isAlive()).as(run.err()).isTrue();
    return run;
  }

  /** Ends it by a signal, and it ends well. */
  static void terminate(JarProcess run) throws Exception {
    run.signal("TERM");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
  }

  final void produce(int messages, Map<String, String> headers) {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < messages; i++) {
        var record = new ProducerRecord<>(topic, "key-" + i, "{\"number\": " + i + "}");
        headers.forEach(
            (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        var unused = producer.send(record);
      }
    }
  }

  /** Waits until its file of events tells of so many. */
  final void awaitEvents(int count, String kind) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Files.readString(folder.resolve("events.jsonl"))
                        .split("\"" + kind + "\"", -1)
                        .length
                    == count + 1);
  }

  /** What it wrote with {@code --report report.json}. */
  final JsonObject report() throws IOException {
    return new JsonObject(Files.readString(folder.resolve("report.json")));
  }

  /** The files in the folder {@code kept}. */
  final List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      return files.toList();
    }
  }

  static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
