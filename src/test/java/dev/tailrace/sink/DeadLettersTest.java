package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.TestMessage;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.sink.DeadLetters.Reason;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private final RuntimeException lost = new IllegalStateException("no answer");
  private static final Reason EXHAUSTED = new Reason("attempts exhausted", null, 5);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final InMemorySink sink = new InMemorySink("orders.dlq");
  private final DeadLetters letters = new DeadLetters(loop, sink, "orders", "worker-1");

  @Test
  void aLetterIsTheMessageWithItsHeadersAndThenOurs() {
    TestMessage message =
        TestMessage.at(33).with("b", "1").with("a", Buffer.buffer(new byte[] {-1}));
    Throwable cause = new IllegalArgumentException("no such price");

    assertThat(await(send(message, new Reason("BadPayload", cause, 3))).isOk()).isTrue();

    OutgoingMessage letter = sink.arrived().get(0);
    assertThat(letter.key()).isEqualTo(message.key());
    assertThat(letter.body()).isEqualTo(message.body());
    assertThat(names(letter))
        .containsExactly(
            "b",
            "a",
            DeadLetterHeaders.REASON,
            DeadLetterHeaders.ATTEMPTS,
            DeadLetterHeaders.ORIGIN,
            DeadLetterHeaders.ORIGIN_TIMESTAMP,
            DeadLetterHeaders.PIPELINE,
            DeadLetterHeaders.INSTANCE,
            DeadLetterHeaders.FIRST_FAILED_AT,
            DeadLetterHeaders.FAILED_AT,
            DeadLetterHeaders.ERROR_CLASS,
            DeadLetterHeaders.ERROR_MESSAGE);
    Headers headers = letter.headers();
    assertThat(headers.text("tailrace-reason")).isEqualTo("BadPayload");
    assertThat(headers.text("tailrace-attempts")).isEqualTo("3");
    assertThat(headers.text("tailrace-origin")).isEqualTo("orders/1@33");
    assertThat(headers.text("tailrace-origin-timestamp")).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(headers.text("tailrace-pipeline")).isEqualTo("orders");
    assertThat(headers.text("tailrace-instance")).isEqualTo("worker-1");
    assertThat(headers.text("tailrace-failed-at")).startsWith("2026-01-01T00:00:0");
    assertThat(headers.text("tailrace-first-failed-at"))
        .isEqualTo(headers.text("tailrace-failed-at"));
    assertThat(headers.text("tailrace-error-class"))
        .isEqualTo("java.lang.IllegalArgumentException");
    assertThat(headers.text("tailrace-error-message")).isEqualTo("no such price");
    assertThat(headers.get("a")).isEqualTo(Buffer.buffer(new byte[] {-1}));
  }

  @Test
  void theFirstFailureIsToldBesideTheLast() {
    Instant first = Instant.parse("2025-12-31T23:00:00Z");
    await(send(TestMessage.at(1), new Reason("r", null, 5, first)));
    Headers headers = sink.arrived().get(0).headers();
    assertThat(headers.text("tailrace-first-failed-at")).isEqualTo("2025-12-31T23:00:00Z");
    assertThat(headers.text("tailrace-failed-at")).startsWith("2026-01-01T00:00:0");
  }

  @Test
  void aTombstoneStaysOne() {
    await(send(TestMessage.at(1).withBody(null).withKey(null), EXHAUSTED));
    assertThat(sink.arrived().get(0).body()).isNull();
    assertThat(sink.arrived().get(0).key()).isNull();
  }

  @Test
  void theTraceOfAMessageGoesOnWithItsLetter() {
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await(
        send(
            TestMessage.at(1).with("traceparent", parent).with("tracestate", "acme=1,other=2"),
            EXHAUSTED));
    Headers headers = sink.arrived().get(0).headers();
    assertThat(headers.text("traceparent")).isEqualTo(parent);
    assertThat(headers.text("tracestate")).isEqualTo("acme=1,other=2");
  }

  @Test
  void theHeadersOfAnEarlierDeathAreReplaced() {
    TestMessage again =
        TestMessage.at(1).with("tailrace-reason", "old").with("tailrace-replay-id", "r1");
    await(send(again, EXHAUSTED));
    Headers headers = sink.arrived().get(0).headers();
    assertThat(headers.text("tailrace-reason")).isEqualTo("attempts exhausted");
    assertThat(names(sink.arrived().get(0))).containsOnlyOnce("tailrace-reason");
    assertThat(headers.text("tailrace-replay-id")).isEqualTo("r1");
  }

  @Test
  void aLongFailureMessageIsCutBetweenCharacters() {
    String text = "x" + "\uD83D\uDE00".repeat(2_000);
    await(send(TestMessage.at(1), new Reason("r", new IllegalStateException(text), 1)));
    String sent = sink.arrived().get(0).headers().text("tailrace-error-message");
    assertThat(sent).isNotNull().hasSize(1_023).doesNotContain("\uFFFD");
    assertThat(text).startsWith(sent);
  }

  @Test
  void lettersOfOneTurnLeaveTogether() {
    loop.turn(
        () -> {
          for (int i = 0; i < 50; i++) {
            letters.send(TestMessage.at(i), EXHAUSTED);
          }
        });
    simulation.run();
    assertThat(sink.requests()).isEqualTo(1);
    assertThat(sink.arrived()).hasSize(50);
  }

  @Test
  void aLetterIsSentAgainUntilItIsAcknowledged() {
    sink.weather(any -> Reply.unknown(lost));
    Future<Reply<Sink.Sent>> reply = send(TestMessage.at(1), EXHAUSTED);
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(reply.isComplete()).isFalse();
    assertThat(letters.pending()).isEqualTo(1);
    assertThat(letters.isResending()).isTrue();

    sink.weather(any -> Reply.failed(lost));
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(reply.isComplete()).isFalse();

    sink.calm();
    assertThat(await(reply).isOk()).isTrue();
    assertThat(letters.pending()).isZero();
    assertThat(letters.isResending()).isFalse();
  }

  @Test
  void aLetterThatWillNeverBeTakenIsReportedAtOnceAndHoldsUpNoOther() {
    sink.weather(
        letter ->
            "orders/1@1".equals(letter.headers().text("tailrace-origin"))
                ? Reply.failed(new MessageRefusedException("too large", lost))
                : Reply.ok(nothing()));
    Future<Reply<Sink.Sent>> refused = send(TestMessage.at(1), EXHAUSTED);
    Future<Reply<Sink.Sent>> other = send(TestMessage.at(2), EXHAUSTED);

    assertThat(await(refused).cause()).isInstanceOf(MessageRefusedException.class);
    assertThat(await(other).isOk()).isTrue();
  }

  @Test
  void whatIsGivenUpIsReportedAsUnknown() {
    sink.weather(any -> Reply.unknown(lost));
    Future<Reply<Sink.Sent>> reply = send(TestMessage.at(1), EXHAUSTED);
    simulation.runFor(Duration.ofSeconds(1));
    Future<Tally> flushed = loop.call(letters::flush);
    assertThat(flushed.isComplete()).isFalse();
    loop.turn(letters::stopResending);

    assertThat(await(reply).isUnknown()).isTrue();
    assertThat(await(flushed)).isEqualTo(new Tally(0, 0, 1));
  }

  private static List<String> names(OutgoingMessage letter) {
    List<String> names = new ArrayList<>();
    letter.headers().forEach(header -> names.add(header.name()));
    return names;
  }

  @SuppressWarnings("NullAway") // the only Void there is
  private static Void nothing() {
    return null;
  }

  private Future<Reply<Sink.Sent>> send(TestMessage message, Reason reason) {
    return loop.call(() -> letters.send(message, reason));
  }

  private <T> T await(Future<T> future) {
    return simulation.await(future);
  }
}
