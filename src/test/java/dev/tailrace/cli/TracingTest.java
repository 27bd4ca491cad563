package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.local.Servers;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans reach their receiver, now or by the next start, and none is lost in silence. */
class TracingTest {
  private static final Duration BUDGET = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final PoolIdentity who = PoolIdentity.of("test", "a");
  private final OtlpReceiver receiver = new OtlpReceiver();
  private final Map<String, String> properties =
      new HashMap<>(
          Map.of(
              "otel.exporter.otlp.protocol", "http/protobuf",
              "otel.bsp.schedule.delay", "600000"));

  @AfterEach
  void close() throws Exception {
    GlobalOpenTelemetry.resetForTest();
    result(vertx.close());
  }

  @Test
  void whatTheVariablesNameDecidesWhetherThereAreTraces() {
    Map<String, String> named = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    Map<String, String> none = Map.of("OTEL_TRACES_EXPORTER", "none");
    Map<String, String> disabled = new HashMap<>(named);
    disabled.put("OTEL_SDK_DISABLED", "TRUE");

    assertThat(Tracing.Mode.AUTO.applies(Map.of())).isFalse();
    assertThat(Tracing.Mode.AUTO.applies(named)).isTrue();
    assertThat(Tracing.Mode.AUTO.applies(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c")))
        .isTrue();
    assertThat(Tracing.Mode.AUTO.applies(Map.of("OTEL_TRACES_EXPORTER", "console"))).isTrue();
    assertThat(Tracing.Mode.AUTO.applies(none)).isFalse();
    assertThat(Tracing.Mode.AUTO.applies(disabled)).isFalse();
    assertThat(Tracing.Mode.ON.applies(Map.of())).isTrue();
    assertThat(Tracing.Mode.ON.applies(disabled)).isFalse();
    assertThat(Tracing.Mode.OFF.applies(named)).isFalse();
  }

  @Test
  void atTheEndAllSpansAreAcknowledged() throws Exception {
    receiverAt(result(receiver.listen(vertx, 0)));
    try (Tracing tracing = Tracing.open(who, folder, properties)) {
      for (int i = 0; i < 1_200; i++) {
        span("span " + i);
      }

      result(tracing.ending(SampleReport.of(who), BUDGET));

      assertThat(receiver.spans()).hasSize(1_200);
      assertThat(tracing.flushes()).singleElement().satisfies(TracingTest::isWhole);
      assertThat(tracing.dropped()).isZero();
      assertThat(kept()).isEmpty();
    }
  }

  @Test
  void whatAReceiverThatIsAwayDoesNotGetIsKeptAndDeliveredByTheNextStart() throws Exception {
    int port = Servers.freePort();
    receiverAt(port);
    try (Tracing tracing = Tracing.open(who, folder, properties)) {
      span("kept");
      assertThatThrownBy(() -> result(tracing.ending(SampleReport.of(who), BUDGET)))
          .hasMessageContaining("telemetry.otel.tracing: 1 spans not acknowledged")
          .hasMessageContaining("kept for the next start in " + folder);
      assertThat(kept()).hasSize(1);
      assertThat(tracing.flushes()).containsExactly(new FlushLine("telemetry spans", 0, 1, 0));
      assertThat(tracing.dropped()).isZero();
    }
    GlobalOpenTelemetry.resetForTest();
    try (Tracing next = Tracing.open(PoolIdentity.of("test", "a"), folder, properties)) {
      result(next.deliverKept());
      assertThat(kept()).as("still away").hasSize(1);
      result(receiver.listen(vertx, port));

      result(next.deliverKept());

      assertThat(receiver.spans()).extracting("name").containsExactly("kept");
      assertThat(kept()).isEmpty();
    }
  }

  @Test
  void aReceiverThatNeverAnswersCostsItsTimeAndNoMore() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      receiverAt(silent.getLocalPort());
      properties.put("otel.bsp.schedule.delay", "1");
      try (Tracing tracing = Tracing.open(who, folder, properties)) {
        span("kept");
        assertThatThrownBy(
                () -> result(tracing.ending(SampleReport.of(who), Duration.ofMinutes(10))))
            .hasMessageContaining("1 spans not acknowledged");
        assertThat(kept()).hasSize(1);
        assertThat(tracing.flushes()).containsExactly(new FlushLine("telemetry spans", 0, 0, 1));
      }
    }
  }

  @Test
  void whatFindsNoRoomIsCounted() throws Exception {
    receiverAt(Servers.freePort());
    properties.put("otel.bsp.max.queue.size", "4");
    properties.put("otel.bsp.max.export.batch.size", "2");
    try (Tracing tracing = Tracing.open(who, folder, properties)) {
      for (int i = 0; i < 50; i++) {
        span("span " + i);
      }
      // four wait, and two that were sent in vain wait with them
      await().until(() -> tracing.dropped() >= 44);

      span("after");
      result(tracing.ending(SampleReport.of(who), BUDGET).otherwiseEmpty());
      long before = tracing.dropped();
      span("too late");
      assertThat(tracing.dropped()).isEqualTo(before + 1);
    }
  }

  @Test
  void aWrongVariableIsAnInvalidConfiguration() {
    properties.put("otel.exporter.otlp.protocol", "pigeon");

    assertThatThrownBy(() -> Tracing.open(who, folder, properties))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("telemetry.otel.tracing: ")
        .hasMessageContaining("pigeon");
  }

  @Test
  void aKeptSpanIsTheSameSpan() {
    SpanData span;
    try (Tracing tracing = Tracing.open(who, folder, properties)) {
      SpanContext linked =
          SpanContext.create(
              "4bf92f3577b34da6a3ce929d0e0e4736",
              "00f067aa0ba902b7",
              TraceFlags.getSampled(),
              TraceState.builder().put("b", "2").put("a", "1").build());
      Span made =
          GlobalOpenTelemetry.get()
              .tracerBuilder("mine")
              .setInstrumentationVersion("1.2")
              .build()
              .spanBuilder("all")
              .setSpanKind(SpanKind.CLIENT)
              .addLink(linked, Attributes.of(AttributeKey.stringKey("why"), "because"))
              .setAttribute("text", "é")
              .setAttribute("number", Long.MAX_VALUE)
              .setAttribute("fraction", 0.5)
              .setAttribute("truth", true)
              .setAttribute(AttributeKey.longArrayKey("numbers"), List.of(1L, 2L))
              .setAttribute(AttributeKey.stringArrayKey("texts"), List.of("a", "b"))
              .startSpan();
      made.addEvent("event", Attributes.of(AttributeKey.booleanKey("it"), false));
      made.setStatus(StatusCode.ERROR, "reason");
      made.end();
      span = ((ReadableSpan) made).toSpanData();
    }

    SpanData read = SpanJson.read(new JsonObject(SpanJson.write(List.of(span)).encode())).get(0);

    assertThat(read.getSpanContext()).isEqualTo(span.getSpanContext());
    assertThat(read.getParentSpanContext()).isEqualTo(span.getParentSpanContext());
    assertThat(read.getName()).isEqualTo(span.getName());
    assertThat(read.getKind()).isEqualTo(span.getKind());
    assertThat(read.getStatus()).isEqualTo(span.getStatus());
    assertThat(read.getAttributes().asMap()).isEqualTo(span.getAttributes().asMap());
    assertThat(read.getEvents()).hasToString(span.getEvents().toString());
    assertThat(read.getLinks().get(0).getSpanContext().getTraceState().asMap())
        .isEqualTo(span.getLinks().get(0).getSpanContext().getTraceState().asMap());
    assertThat(read.getLinks().get(0).getAttributes())
        .isEqualTo(span.getLinks().get(0).getAttributes());
    assertThat(read.getStartEpochNanos()).isEqualTo(span.getStartEpochNanos());
    assertThat(read.getEndEpochNanos()).isEqualTo(span.getEndEpochNanos());
    assertThat(read.getInstrumentationScopeInfo()).isEqualTo(span.getInstrumentationScopeInfo());
    assertThat(read.getResource().getAttributes()).isEqualTo(span.getResource().getAttributes());
    assertThat(read.getResource().getAttributes().asMap().toString())
        .contains("service.name=test", "service.instance.id=a");
  }

  /** What was sent before the end counts for nothing in it. */
  private static void isWhole(FlushLine line) {
    assertThat(line.name()).isEqualTo("telemetry spans");
    assertThat(line.flushed()).isBetween(1L, 1_200L);
    assertThat(line.pending() + line.unknown()).isZero();
  }

  private void receiverAt(int port) {
    properties.put("otel.exporter.otlp.endpoint", "http://127.0.0.1:" + port);
  }

  private static void span(String name) {
    GlobalOpenTelemetry.get().getTracer("test").spanBuilder(name).startSpan().end();
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
