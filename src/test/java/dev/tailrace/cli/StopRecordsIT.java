package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a real process leaves behind of its end, for the next one and for its people. */
class StopRecordsIT extends WorkerOnTopic {
  private final List<String> posted = new CopyOnWriteArrayList<>();

  @Test
  void whatASinkThatIsAwayMissesOfADrainTheNextStartDelivers() throws Exception {
    int port = Servers.freePort();
    write("log: {}", "telemetry: {otel: {endpoint: 'http://127.0.0.1:" + port + "', spool: kept}}");
    try (JarProcess run = started(Map.of(), "--report", "report.json")) {
      terminate(run);
    }
    JsonObject report = report();
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
    assertThat(kept()).hasSize(1);
    listen(port);

    try (JarProcess next = started(Map.of())) {
      next.awaitErr("delivered the telemetry kept in ");
      assertThat(posted.stream().distinct()).as("what is late is sent again").hasSize(3);
      assertThat(String.join("", posted)).contains(report.getString("incarnation"));
      assertThat(kept()).isEmpty();

      terminate(next);
    }
    assertThat(posted.stream().distinct()).as("its own are acknowledged").hasSize(6);
    assertThat(kept()).isEmpty();
  }

  @Test
  void aKillInTheMiddleOfADrainIsToldByTheNextStart() throws Exception {
    write(
        "java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 600000}}",
        "audit: {file: audit.jsonl}");
    produce(1, Map.of());
    try (JarProcess run = started(Map.of(), "--events", "events.jsonl")) {
      awaitEvents(1, "started");
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
    try (JarProcess next = started(Map.of())) {
      assertThat(next.err())
          .contains("previous run ended without a report: last phase drain, in flight then 1 (");
      terminate(next);
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
    try (JarProcess run = started(Map.of())) {
      terminate(run);
      assertThat(run.err()).contains("audit.file: cannot write /proc/nowhere/audit.jsonl");
    }
    assertThat(posted).hasSize(1);
    assertThat(new JsonObject(posted.get(0)).getString("result")).isEqualTo("clean");
    assertThat(new JsonObject(posted.get(0)).getBoolean("final")).isFalse();
  }

  private List<String> events() throws IOException {
    return Files.readAllLines(folder.resolve("audit.jsonl")).stream()
        .map(line -> new JsonObject(line).getString("event"))
        .toList();
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
    return result(server.listen(port, "127.0.0.1")).actualPort();
  }
}
