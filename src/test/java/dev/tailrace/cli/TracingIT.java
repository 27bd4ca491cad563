package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The traces of a real process, as the variables of its environment say. */
class TracingIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PRODUCER = "00f067aa0ba902b7";

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("traced");
  private final Vertx vertx = Vertx.vertx();
  private final OtlpReceiver receiver = new OtlpReceiver();
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void createTopic() {
    servers.createTopic(topic, 1);
    variables.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    variables.put("OTEL_BSP_SCHEDULE_DELAY", "600000");
  }

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void spansArriveAsChildrenOfTheirProducers() throws Exception {
    receiverAt(listen(0));
    variables.put("OTEL_BSP_SCHEDULE_DELAY", "50");
    variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of%20tests");
    produce(3);
    try (JarProcess run = started("auto")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> receiver.spans().size() == 3);
      run.signal("TERM");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }

    assertThat(receiver.spans())
        .hasSize(3)
        .allSatisfy(
            span -> {
              assertThat(span.name()).isEqualTo("process " + topic);
              assertThat(span.trace()).isEqualTo(TRACE);
              assertThat(span.parent()).isEqualTo(PRODUCER);
            });
    assertThat(receiver.headers())
        .allMatch(headers -> "Bearer of tests".equals(headers.get("authorization")));
  }

  @Test
  void whatAReceiverThatIsAwayMissesOfADrainTheNextStartDelivers() throws Exception {
    int port = freePort();
    receiverAt(port);
    produce(3);
    try (JarProcess run = started("on", "--report", "report.json", "--events", "events.jsonl")) {
      awaitSettled(3);
      run.signal("TERM");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }
    JsonObject report = new JsonObject(Files.readString(folder.resolve("report.json")));
    assertThat(report.getString("result")).isEqualTo("clean");
    assertThat(report.getJsonArray("errors").encode())
        .contains("telemetry.otel.tracing: 3 spans not acknowledged", "kept for the next start");
    assertThat(report.getJsonArray("flushes"))
        .contains(
            new JsonObject()
                .put("name", "telemetry spans")
                .put("flushed", 0)
                .put("pending", 3)
                .put("unknown", 0));
    assertThat(spooled()).hasSize(1);
    listen(port);

    try (JarProcess next = started("on")) {
      next.awaitErr("delivered the 3 spans kept in ");
      next.signal("TERM");
      assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.OK);
    }
    assertThat(receiver.spans()).extracting("parent").containsOnly(PRODUCER);
    assertThat(receiver.spans().stream().map(OtlpReceiver.Span::id).distinct()).hasSize(3);
    assertThat(spooled()).isEmpty();
  }

  @Test
  void switchedOffThereAreNone() throws Exception {
    receiverAt(listen(0));
    produce(3);
    try (JarProcess run = started("off", "--events", "events.jsonl")) {
      awaitSettled(3);
      run.signal("TERM");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }

    assertThat(receiver.headers()).isEmpty();
  }

  private JarProcess started(String tracing, String... more) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: a
        kafka: {bootstrap.servers: "%2$s", session.timeout.ms: 6000}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {log: {}}
        admin: {port: 0}
        probes: {port: 0}
        telemetry: {otel: {tracing: %3$s, spool: kept}}
        """
            .formatted(topic, servers.kafka().bootstrap(), tracing));
    String[] arguments = Stream.concat(Stream.of("run"), Stream.of(more)).toArray(String[]::new);
    JarProcess run = JarProcess.start(folder, variables, arguments);
    run.awaitErr("running: ");
    assertThat(run.process().isAlive()).as(run.err()).isTrue();
    return run;
  }

  private void awaitSettled(int messages) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                Files.readString(folder.resolve("events.jsonl")).split("\"settled\"", -1).length
                    == messages + 1);
  }

  private List<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      return files.toList();
    }
  }

  private int listen(int port) throws Exception {
    return receiver
        .listen(vertx, port)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private void receiverAt(int port) {
    variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port);
  }

  private void produce(int messages) {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < messages; i++) {
        var record = new ProducerRecord<>(topic, "key-" + i, "{}");
        String parent = "00-" + TRACE + "-" + PRODUCER + "-01";
        record.headers().add("traceparent", parent.getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(record);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
