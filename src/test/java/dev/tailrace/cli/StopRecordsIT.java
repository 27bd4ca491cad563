package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real process leaves behind of its end, for the next one and for its people. */
class StopRecordsIT {
  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("records");
  private final Vertx vertx = Vertx.vertx();
  private final List<String> posted = new CopyOnWriteArrayList<>();

  @BeforeEach
  void createTopic() {
    servers.createTopic(topic, 1);
  }

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void whatASinkThatIsAwayMissesOfADrainTheNextStartDelivers() throws Exception {
    int port = freePort();
    write("log: {}", "telemetry: {otel: {endpoint: 'http://127.0.0.1:" + port + "', spool: kept}}");
    try (JarProcess run = started("--report", "report.json")) {
      run.signal("TERM");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }
    JsonObject report = new JsonObject(Files.readString(folder.resolve("report.json")));
    assertThat(report.getString("result")).isEqualTo("clean");
    assertThat(report.getJsonArray("errors").encode())
        .contains("telemetry.otel.endpoint: 3 of 3 not acknowledged", "kept for the next start");
    assertThat(report.getJsonArray("flushes"))
        .contains(
            new JsonObject()
                .put("name", "telemetry logs")
                .put("flushed", 0)
                .put("pending", 1)
                .put("unknown", 0));
    assertThat(spooled()).hasSize(1);
    listen(port);

    try (JarProcess next = started()) {
      next.awaitErr("delivered the telemetry kept in ");
      assertThat(posted.stream().distinct()).as("what is late is sent again").hasSize(3);
      assertThat(String.join("", posted)).contains(report.getString("incarnation"));
      assertThat(spooled()).isEmpty();

      next.signal("TERM");
      assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.OK);
    }
    assertThat(posted.stream().distinct()).as("its own are acknowledged").hasSize(6);
    assertThat(spooled()).isEmpty();
  }

  @Test
  void aKillInTheMiddleOfADrainIsToldByTheNextStart() throws Exception {
    write(
        "java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 600000}}",
        "audit: {file: audit.jsonl}");
    produce();
    try (JarProcess run = started("--events", "events.jsonl")) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.readString(folder.resolve("events.jsonl")).contains("\"started\""));
      run.signal("TERM");
      run.awaitErr("drain: stop-intake");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  Files.readString(folder.resolve("audit.jsonl.a.now"))
                      .contains("\"phase\":\"drain\",\"inFlight\":1"));
      run.signal("KILL");
      assertThat(run.exitCode()).isNotZero();
    }
    assertThat(events()).containsExactly("stop_begin");

    write("log: {}", "audit: {file: audit.jsonl}");
    try (JarProcess next = started()) {
      assertThat(next.err())
          .contains("previous run ended without a report: last phase drain, in flight then 1 (");
      next.signal("TERM");
      assertThat(next.exitCode()).as(next.err()).isEqualTo(ExitCode.OK);
    }

    assertThat(events()).containsExactly("stop_begin", "crash", "stop_begin", "stop_end");
    assertThat(Files.readString(folder.resolve("audit.jsonl"))).contains("\"result\":\"clean\"");
  }

  @Test
  void theReportIsPostedAndAnAuditThatCannotBeWrittenFailsNoDrain() throws Exception {
    int port = listen(0);
    write(
        "log: {}",
        "audit: {file: /proc/nowhere/audit.jsonl}\ndrain: {deadline: 20s, notify: 'http://127.0.0.1:"
            + port
            + "/hook'}");
    try (JarProcess run = started()) {
      run.signal("TERM");

      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(run.err()).contains("audit.file: cannot write /proc/nowhere/audit.jsonl");
    }
    assertThat(posted).hasSize(1);
    assertThat(new JsonObject(posted.get(0)).getString("result")).isEqualTo("clean");
    assertThat(new JsonObject(posted.get(0)).getBoolean("final")).isFalse();
  }

  private JarProcess started(String... more) throws IOException {
    String[] arguments = Stream.concat(Stream.of("run"), Stream.of(more)).toArray(String[]::new);
    JarProcess run = JarProcess.start(folder, arguments);
    run.awaitErr("running: ");
    assertThat(run.process().isAlive()).as(run.err()).isTrue();
    return run;
  }

  private List<String> events() throws IOException {
    return Files.readAllLines(folder.resolve("audit.jsonl")).stream()
        .map(line -> new JsonObject(line).getString("event"))
        .toList();
  }

  private List<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      return files.toList();
    }
  }

  private int listen(int port) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              posted.add(body.toString());
                              request.response().end("{}");
                            }));
    return server
        .listen(port, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS)
        .actualPort();
  }

  private void produce() {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      var unused = producer.send(new ProducerRecord<>(topic, "key", "{\"number\": 1}"));
    }
  }

  private void write(String handler, String more) throws IOException {
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
