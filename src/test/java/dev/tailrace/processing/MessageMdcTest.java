package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Subject;
import dev.tailrace.observe.TraceParent;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** What the log lines of a handler say of its message. */
class MessageMdcTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @AfterEach
  void clear() {
    MessageMdc.clear(null);
  }

  @Test
  void aHandlersLinesNameItsMessageAndTheTraceThatItBelongsTo() {
    TestMessage message =
        TestMessage.at(57)
            .with("traceparent", "00-00000000000000000000000000000001-00f067aa0ba902b7-01")
            .with("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"); // the last one counts

    MessageMdc.put(new Named(message));
    assertThat(MDC.get("pipeline")).isEqualTo("orders");
    assertThat(MDC.get("source")).isEqualTo("orders/1");
    assertThat(MDC.get("position")).isEqualTo("57");
    assertThat(MDC.get("traceId")).isEqualTo(TRACE);

    MessageMdc.clear(null);
    MessageMdc.put(new Named(TestMessage.at(58)));
    assertThat(MDC.get("traceId")).as("of a message without one").isNull();
  }

  @Test
  void aLaterVersionMaySayMore() {
    String later = "cc-" + TRACE + "-00f067aa0ba902b7-01-what-comes";
    assertThat(TraceParent.traceId(Headers.empty().with("traceparent", later))).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-" + TRACE + "-00f067aa0ba902b7",
        "00-" + TRACE + "-00f067aa0ba902b7-01-more",
        "ff-" + TRACE + "-00f067aa0ba902b7-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00_" + TRACE + "-00f067aa0ba902b7-01",
        "0x-" + TRACE + "-00f067aa0ba902b7-01",
        "00-" + TRACE + "-00f067aa0ba902b7-0€",
        "cc-" + TRACE + "-00f067aa0ba902b7-01.what-comes"
      })
  void whatIsNoTraceParentNamesNoTrace(String value) {
    assertThat(TraceParent.traceId(Headers.empty().with("traceparent", value))).isNull();
  }

  @Test
  void bytesThatAreNoTextNameNoTrace() {
    byte[] bytes = new byte[55];
    Arrays.fill(bytes, (byte) 0xff);
    Headers headers = Headers.empty().with("traceparent", Buffer.buffer(bytes));
    assertThat(TraceParent.traceId(headers)).isNull();
    assertThat(TraceParent.traceId(Headers.empty())).isNull();
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
      return 1;
    }
  }
}
