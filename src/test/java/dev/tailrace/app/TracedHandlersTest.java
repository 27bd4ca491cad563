package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageSpans;
import dev.tailrace.observe.RecordedSpans;
import dev.tailrace.source.ManualBroker;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a handler does belongs to the span of its attempt; in an application of one's own, too. */
final class TracedHandlersTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PRODUCER = "00f067aa0ba902b7";

  private final RecordedSpans recorded = new RecordedSpans();
  private final OpenTelemetry telemetry = recorded.telemetry();
  private final Vertx vertx =
      Vertx.builder().withTracer(new OpenTelemetryTracingFactory(telemetry)).build();
  private final ManualBroker broker = new ManualBroker(1);
  private final List<String> heard = new CopyOnWriteArrayList<>(); // traceparents at the server
  private final List<SpanContext> current = new CopyOnWriteArrayList<>();
  private int port; // the test's thread, before any handler

  @BeforeEach
  void listen() throws Exception {
    port =
        Results.result(
                vertx
                    .createHttpServer()
                    .requestHandler(
                        request -> {
                          heard.add(String.valueOf(request.getHeader("traceparent")));
                          request.response().end();
                        })
                    .listen(0, "127.0.0.1"))
            .actualPort();
  }

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aCallAfterSomeTurnsIsAChildOfItsOwnMessage() throws Exception {
    HttpClient client = vertx.createHttpClient();
    deploy(
        orders()
            .events(new MessageSpans(telemetry))
            .handle(
                (message, context) ->
                    vertx
                        .timer(1)
                        .compose(late -> client.request(HttpMethod.GET, port, "127.0.0.1", "/pay"))
                        .compose(request -> request.send())
                        .map(Outcome.done())));
    produce(8);

    await().until(() -> spans(SpanKind.CONSUMER).size() == 8);
    await().until(() -> spans(SpanKind.CLIENT).size() == 8);
    assertThat(spans(SpanKind.CONSUMER))
        .allSatisfy(
            span -> {
              assertThat(span.getTraceId()).isEqualTo(TRACE);
              assertThat(span.getParentSpanId()).isEqualTo(PRODUCER);
            });
    assertThat(spans(SpanKind.CLIENT).stream().map(SpanData::getParentSpanId).toList())
        .as("one of each message")
        .containsExactlyInAnyOrderElementsOf(
            spans(SpanKind.CONSUMER).stream().map(SpanData::getSpanId).toList());
    assertThat(heard).hasSize(8).allMatch(parent -> parent.startsWith("00-" + TRACE));
  }

  @Test
  void aBlockingHandlerRunsWithItsSpanAndLeavesItOnNoThread() throws Exception {
    deploy(
        orders()
            .events(new MessageSpans(telemetry))
            .handleBlocking(
                (message, context) -> {
                  current.add(Span.current().getSpanContext());
                  return Outcome.done();
                }));
    produce(3);

    await().until(() -> spans(SpanKind.CONSUMER).size() == 3);
    assertThat(current.stream().map(SpanContext::getSpanId).toList())
        .containsExactlyInAnyOrderElementsOf(
            spans(SpanKind.CONSUMER).stream().map(SpanData::getSpanId).toList());
  }

  @Test
  void nothingElseOnTheLoopBelongsToAMessage() throws Exception {
    deploy(
        orders()
            .events(new MessageSpans(telemetry))
            .handle((message, context) -> Future.succeededFuture(Outcome.done())));
    produce(3);
    await().until(() -> spans(SpanKind.CONSUMER).size() == 3);

    broker.source(0).loop().execute(() -> current.add(Span.current().getSpanContext()));

    await().until(() -> current.size() == 1);
    assertThat(current.get(0).isValid()).isFalse();
  }

  @Test
  void anApplicationThatTracesByItselfIsLeftAlone() throws Exception {
    HttpClient client = vertx.createHttpClient();
    deploy(
        orders()
            .handle(
                (message, context) -> {
                  current.add(Span.current().getSpanContext());
                  Span own = telemetry.getTracer("mine").spanBuilder("mine").startSpan();
                  return client
                      .request(HttpMethod.GET, port, "127.0.0.1", "/pay")
                      .compose(request -> request.send())
                      .onComplete(any -> own.end())
                      .map(Outcome.done());
                }));
    produce(2);

    await().until(() -> spans(SpanKind.INTERNAL).size() == 2);
    assertThat(spans(SpanKind.INTERNAL)).allMatch(span -> span.getName().equals("mine"));
    assertThat(spans(SpanKind.CONSUMER)).isEmpty();
    assertThat(current).noneMatch(SpanContext::isValid);
    assertThat(heard).as("nothing of ours is sent along").containsOnly("null");
  }

  private Pipeline.Builder orders() {
    return Pipeline.named("orders").source(broker);
  }

  private void deploy(Pipeline.Builder builder) throws Exception {
    Results.result(vertx.deployVerticle(new ConsumerVerticle(builder.build())));
  }

  private void produce(int count) {
    Headers headers = Headers.empty().with("traceparent", "00-" + TRACE + "-" + PRODUCER + "-01");
    for (int i = 0; i < count; i++) {
      broker.source(0).produce("key-" + i, headers);
    }
  }

  private List<SpanData> spans(SpanKind kind) {
    return recorded.ended().stream().filter(span -> span.getKind() == kind).toList();
  }
}
