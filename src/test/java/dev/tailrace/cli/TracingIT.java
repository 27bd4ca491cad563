package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The traces of a real process, as the variables of its environment say. */
class TracingIT extends WorkerOnTopic {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PRODUCER = "00f067aa0ba902b7";
  private static final Map<String, String> TRACED =
      Map.of("traceparent", "00-" + TRACE + "-" + PRODUCER + "-01");

  private final OtlpReceiver receiver = new OtlpReceiver();
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void setVariables() {
    variables.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    variables.put("OTEL_BSP_SCHEDULE_DELAY", "600000");
  }

  @Test
  void spansArriveAsChildrenOfTheirProducers() throws Exception {
    receiverAt(listen(0));
    variables.put("OTEL_BSP_SCHEDULE_DELAY", "50");
    variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of%20tests");
    produce(3, TRACED);
    try (JarProcess run = traced("auto")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> receiver.spans().size() == 3);
      terminate(run);
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
    int port = Servers.freePort();
    receiverAt(port);
    produce(3, TRACED);
    try (JarProcess run = traced("on", "--report", "report.json", "--events", "events.jsonl")) {
      awaitEvents(3, "settled");
      terminate(run);
    }
    JsonObject report = report();
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
    assertThat(kept()).hasSize(1);
    listen(port);

    try (JarProcess next = traced("on")) {
      next.awaitErr("delivered the 3 spans kept in ");
      terminate(next);
    }
    assertThat(receiver.spans()).extracting("parent").containsOnly(PRODUCER);
    assertThat(receiver.spans().stream().map(OtlpReceiver.Span::id).distinct()).hasSize(3);
    assertThat(kept()).isEmpty();
  }

  @Test
  void switchedOffThereAreNone() throws Exception {
    receiverAt(listen(0));
    produce(3, TRACED);
    try (JarProcess run = traced("off", "--events", "events.jsonl")) {
      awaitEvents(3, "settled");
      terminate(run);
    }

    assertThat(receiver.headers()).isEmpty();
  }

  private JarProcess traced(String tracing, String... options) throws IOException {
    write("log: {}", "telemetry: {otel: {tracing: %s, spool: kept}}".formatted(tracing));
    return started(variables, options);
  }

  private int listen(int port) throws Exception {
    return result(receiver.listen(vertx, port));
  }

  private void receiverAt(int port) {
    variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port);
  }
}
