package dev.tailrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each attempt is a span, which says how it ended and nothing of what the message holds. */
class MessageSpansTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PRODUCER = "00f067aa0ba902b7";

  private final RecordedSpans recorded = new RecordedSpans();
  private final MessageSpans spans = new MessageSpans(recorded.telemetry());

  @Test
  void anAttemptIsAChildOfWhatTheMessagesHeadersName() {
    spans.reads("orders", "kafka", "billing");
    Named subject =
        new Named(message().with("traceparent", "00-" + TRACE + "-" + PRODUCER + "-01"));

    spans.started(subject);
    spans.handled(subject, 5, "done");
    spans.settled(subject, Finish.DONE, "");

    SpanData span = one();
    assertThat(span.getName()).isEqualTo("process orders");
    assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(PRODUCER);
    assertThat(span.getStatus()).isEqualTo(StatusData.unset());
    assertThat(span.getAttributes().asMap().toString())
        .contains(
            "messaging.system=kafka",
            "messaging.operation.type=process",
            "messaging.destination.name=orders",
            "messaging.destination.partition.id=1",
            "messaging.kafka.offset=7",
            "messaging.consumer.group.name=billing",
            "tailrace.pipeline=orders",
            "tailrace.attempt=2",
            "tailrace.outcome=done");
  }

  @Test
  void anEntryOfAStreamIsNamedByItsId() {
    Named subject = new Named(TestMessage.of(Origin.entry("payments", 17, 3), null));

    spans.started(subject);
    spans.settled(subject, Finish.DONE, "");

    assertThat(one().getName()).isEqualTo("process payments");
    assertThat(attribute("messaging.message.id")).isEqualTo("17-3");
    assertThat(one().getParentSpanContext().isValid()).as("its trace begins here").isFalse();
  }

  @Test
  void aFailureIsAnErrorWithItsReason() {
    ends(
        subject -> {
          spans.handled(subject, 5, "error");
          spans.retried(subject, "TimeoutException");
          spans.parked(subject, Duration.ZERO, "retry: TimeoutException");
        });
    assertThat(status()).isEqualTo("retry TimeoutException");

    ends(
        subject -> {
          spans.handled(subject, 5, "dead_letter");
          spans.deadLettered(subject, "negative amount", "orders.dlq/0@3");
          spans.settled(subject, Finish.DEAD_LETTERED, "dlq=orders.dlq/0@3: negative amount");
        });
    assertThat(status()).isEqualTo("dead_letter negative amount");

    ends(
        subject -> {
          spans.handled(subject, 5, "error");
          spans.spared(subject, "refused");
          spans.held(subject, Duration.ZERO, "outage: refused");
        });
    assertThat(status()).isEqualTo("outage refused");

    ends(
        subject -> {
          spans.handled(subject, 5, "retry");
          spans.settled(subject, Finish.DISCARDED, "exhausted=5: broken");
        });
    assertThat(status()).isEqualTo("discard exhausted=5: broken");

    ends(
        subject -> {
          spans.handled(subject, 5, "dead_letter");
          spans.parked(subject, Duration.ZERO, "retry: too large");
        });
    assertThat(status()).isEqualTo("retry retry: too large");

    ends(
        subject -> {
          spans.overran(subject);
          spans.abandoned(subject, "handling");
        });
    assertThat(status()).isEqualTo("abandoned abandoned while handling");
    assertThat(one().getEvents()).singleElement().extracting("name").isEqualTo("overran");
  }

  @Test
  void whatAHandlerAskedForIsNoError() {
    ends(
        subject -> {
          spans.handled(subject, 5, "snooze");
          spans.parked(subject, Duration.ZERO, "snooze: snoozed");
        });
    assertThat(status()).isEqualTo("snooze");

    ends(
        subject -> {
          spans.handled(subject, 5, "discard");
          spans.settled(subject, Finish.DISCARDED, "old");
        });
    assertThat(status()).isEqualTo("discard");

    ends(
        subject -> {
          spans.handled(subject, 5, "done");
          spans.released(subject, "partition lost");
        });
    assertThat(status()).isEqualTo("released");
  }

  @Test
  void whatWasNotCalledIsNoAttempt() {
    Named subject = new Named(message());

    spans.received(subject);
    spans.settled(subject, Finish.SKIPPED, "done");
    spans.parked(subject, Duration.ZERO, "busy: its key is claimed elsewhere");
    spans.released(subject, "shutdown");

    assertThat(recorded.ended()).isEmpty();
  }

  @Test
  void neitherKeyNorPayloadNorHeadersAreTold() {
    Named subject =
        new Named(
            message()
                .withKey(Buffer.buffer("SECRET-KEY"))
                .withBody(Buffer.buffer("SECRET-BODY"))
                .with("authorization", "SECRET-HEADER"));

    spans.started(subject);
    spans.settled(subject, Finish.DONE, "");

    assertThat(one().toString()).doesNotContain("SECRET");
  }

  private void ends(Consumer<Subject> how) {
    Named subject = new Named(message());
    spans.started(subject);
    how.accept(subject);
    int before = recorded.ended().size();
    spans.abandoned(subject, "twice");
    assertThat(recorded.ended()).as("it is held no longer").hasSize(before);
  }

  private static TestMessage message() {
    return TestMessage.at(7);
  }

  private SpanData one() {
    return recorded.ended().get(recorded.ended().size() - 1);
  }

  private String attribute(String name) {
    return String.valueOf(one().getAttributes().get(AttributeKey.stringKey(name)));
  }

  private String status() {
    StatusData status = one().getStatus();
    boolean error = status.getStatusCode() == StatusCode.ERROR;
    return attribute("tailrace.outcome") + (error ? " " + status.getDescription() : "");
  }

  private record Named(Message message) implements Subject {
    @Override
    public String pipeline() {
      return "orders";
    }

    @Override
    public int epoch() {
      return 1;
    }

    @Override
    public int attempt() {
      return 2;
    }
  }
}
