package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.app.DrainWitness;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.local.Servers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last telemetry reaches its receiver, now or by the next start; and the note its address. */
class TelemetrySinkTest {
  private static final Duration BUDGET = Duration.ofSeconds(2);
  private static final String LOGS = "/v1/logs";
  private static final String METRICS = "/v1/metrics";
  private static final String TRACES = "/v1/traces";

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final PoolIdentity who = PoolIdentity.of("test", "a");
  private final Telemetry telemetry = Telemetry.open(who, null, null);
  private final Map<String, List<JsonObject>> received = new ConcurrentHashMap<>();
  private final Map<String, String> variables = new ConcurrentHashMap<>();
  private final Map<String, String> logins = new ConcurrentHashMap<>(); // by path
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger silences = new AtomicInteger(); // that go before refusals

  @AfterEach
  void close() throws Exception {
    telemetry.close();
    result(vertx.close());
  }

  @Test
  void logMetricsAndTraceAreAcknowledged() throws Exception {
    telemetry.lastDrain(Duration.ofSeconds(3));
    URI receiver = receiver();

    TelemetrySink sink = sink(receiver, who);
    result(sink.ending(SampleReport.of(who), BUDGET));

    assertThat(sink.flushes())
        .extracting(FlushLine::name)
        .containsExactly("telemetry logs", "telemetry metrics", "telemetry traces");
    assertThat(sink.flushes())
        .allMatch(line -> line.flushed() > 0 && line.pending() + line.unknown() == 0);
    assertThat(received.keySet()).containsExactlyInAnyOrder(LOGS, METRICS, TRACES);
    assertThat(one(LOGS).encode()).contains("\\\"result\\\":\\\"clean\\\"", "service.instance.id");
    assertThat(one(METRICS).encode())
        .contains("\"name\":\"tailrace.previous.drain.duration\"", "\"asDouble\":3.0");
    assertThat(one(TRACES).encode())
        .contains("\"name\":\"drain\"", "\"name\":\"close-runtime\"", "\"parentSpanId\"")
        .contains("\"startTimeUnixNano\":\"0500000000\"", "\"endTimeUnixNano\":\"1500000000\"");
    assertThat(spooled()).isEmpty();
  }

  @Test
  void theHeadersThatTheVariablesNameAreSentAlong() throws Exception {
    variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20a+b%3D%3D, other=1");
    variables.put("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "authorization=of metrics");

    result(sink(receiver(), who).ending(SampleReport.of(who), BUDGET));

    assertThat(logins)
        .containsEntry(LOGS, "Basic a+b==")
        .containsEntry(TRACES, "Basic a+b==")
        .containsEntry(METRICS, "of metrics");
  }

  @Test
  void whatIsNoHeaderIsLeftOut() {
    variables.put(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "a b=1,nothing,=2,c=%0d%0aevil: 1,d=100%,e=%C3%A9,f=%ff, ,g=");

    assertThat(new OtlpHeaders(variables).of("logs"))
        .isEqualTo(Map.of("d", "100%", "e", "é", "f", "%ff", "g", ""));
    assertThat(new OtlpHeaders(variables)).hasToString("OtlpHeaders");
  }

  @Test
  void aReceiverThatRefusesAtFirstIsAskedUpToThreeTimes() throws Exception {
    URI receiver = receiver();
    refusals.set(2 * 3);

    result(sink(receiver, who).ending(SampleReport.of(who), BUDGET));

    assertThat(received.keySet()).containsExactlyInAnyOrder(LOGS, METRICS, TRACES);
    assertThat(refusals).hasValue(0);
    assertThat(spooled()).isEmpty();
  }

  @Test
  void whatAReceiverThatIsAwayDoesNotGetIsKeptAndDeliveredByTheNextStart() throws Exception {
    int port = Servers.freePort();
    URI receiver = URI.create("http://127.0.0.1:" + port + "/otlp/");

    TelemetrySink sink = sink(receiver, who);
    assertThatThrownBy(() -> result(sink.ending(SampleReport.of(who), BUDGET)))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("telemetry.otel.endpoint: 3 of 3 not acknowledged")
        .hasMessageContaining("kept for the next start in " + folder);
    assertThat(sink.flushes())
        .as("nobody was there")
        .hasSize(3)
        .allMatch(line -> line.pending() > 0 && line.flushed() + line.unknown() == 0);
    assertThat(spooled()).hasSize(1);
    PoolIdentity again = PoolIdentity.of("test", "a");
    result(sink(receiver, again).deliverKept());
    assertThat(spooled()).as("still away").hasSize(1);
    listen(port);
    result(sink(receiver, PoolIdentity.of("test", "b")).deliverKept());
    assertThat(received).as("another instance's").isEmpty();

    result(sink(receiver, again).deliverKept());

    assertThat(received.keySet())
        .containsExactlyInAnyOrder("/otlp" + LOGS, "/otlp" + METRICS, "/otlp" + TRACES);
    assertThat(one("/otlp" + LOGS).encode()).contains(who.incarnation());
    assertThat(spooled()).isEmpty();
  }

  @Test
  void aReceiverThatNeverAnswersCostsItsTimeAndNoMore() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI receiver = URI.create("http://127.0.0.1:" + silent.getLocalPort());

      TelemetrySink sink = sink(receiver, who);
      assertThatThrownBy(() -> result(sink.ending(SampleReport.of(who), Duration.ofMinutes(10))))
          .hasMessageContaining("not acknowledged");

      assertThat(sink.flushes())
          .as("it may have heard all of it")
          .hasSize(3)
          .allMatch(line -> line.unknown() > 0 && line.flushed() + line.pending() == 0);
      assertThat(spooled()).hasSize(1);
    }
  }

  @Test
  void whatWasRefusedAfterATryWithoutAnAnswerIsUnknown() throws Exception {
    URI receiver = receiver();
    silences.set(3);
    refusals.set(2 * 3);

    TelemetrySink sink = sink(receiver, who);
    assertThatThrownBy(() -> result(sink.ending(SampleReport.of(who), BUDGET)))
        .hasMessageContaining("3 of 3 not acknowledged")
        .hasMessageContaining("HTTP 503");

    assertThat(sink.flushes()).hasSize(3).allMatch(line -> line.unknown() > 0);
  }

  @Test
  void moreRunsThanAreKeptLoseTheOldest() throws Exception {
    URI receiver = URI.create("http://127.0.0.1:" + Servers.freePort());
    for (int run = 0; run < Spool.MOST_FILES + 2; run++) {
      PoolIdentity one = new PoolIdentity("test", "a", "%03d-x".formatted(run), "host", "version");
      new Spool(folder, one)
          .keep(List.of(new LastTelemetry.Batch(LOGS, new JsonObject().put("run", run))))
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    }

    assertThat(spooled()).hasSize(Spool.MOST_FILES);
    assertThat(spooled()).noneMatch(file -> file.toString().contains("@001-x"));
    assertThat(receiver).isNotNull();
  }

  @Test
  void theReportIsPostedToTheChosenAddress() throws Exception {
    DrainWitness note = new Notification(receiver().resolve("/hook?key=1"), new Posting(vertx));

    result(note.ending(SampleReport.of(who), BUDGET));

    assertThat(one("/hook").getString("result")).isEqualTo("clean");
  }

  @Test
  void anAddressThatDoesNotAnswerIsNamedWithoutItsSecretPath() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + Servers.freePort() + "/secret");

    assertThatThrownBy(
            () ->
                result(
                    new Notification(nobody, new Posting(vertx))
                        .ending(SampleReport.of(who), BUDGET)))
        .hasMessageContaining("drain.notify: http://127.0.0.1:" + nobody.getPort() + ": ")
        .hasMessageNotContaining("secret");
  }

  private TelemetrySink sink(URI receiver, PoolIdentity run) {
    return new TelemetrySink(
        new TelemetrySink.Receiver(receiver, new OtlpHeaders(variables)),
        new Posting(vertx),
        new Spool(folder, run),
        telemetry,
        () -> Future.failedFuture("no pool here"));
  }

  private URI receiver() throws Exception {
    return URI.create("http://127.0.0.1:" + listen(0));
  }

  private int listen(int port) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  if (silences.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    return;
                  }
                  if (refusals.get() > 0) {
                    refusals.decrementAndGet();
                    request.response().setStatusCode(503).end();
                    return;
                  }
                  logins.put(request.path(), String.valueOf(request.getHeader("authorization")));
                  request
                      .body()
                      .onSuccess(
                          body -> {
                            received
                                .computeIfAbsent(
                                    request.path(), path -> new CopyOnWriteArrayList<>())
                                .add(body.toJsonObject());
                            request.response().end("{}");
                          });
                });
    return result(server.listen(port, "127.0.0.1")).actualPort();
  }

  private JsonObject one(String path) {
    List<JsonObject> bodies = received.getOrDefault(path, List.of());
    assertThat(bodies).hasSize(1);
    return bodies.get(0);
  }

  private List<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
