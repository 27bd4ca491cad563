package dev.tailrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels with a message through a tier, and is taken off it again. */
final class RetryTicketTest {
  private static final TestMessage MESSAGE =
      TestMessage.at(57).with("trace", Buffer.buffer(new byte[] {0, -1})).with("trace", "again");
  private static final Origin PLACE = Origin.entry("orders.retry", 12, 3);
  private static final RetryTicket TICKET =
      new RetryTicket(
          MESSAGE.origin(),
          Instant.parse("2026-01-31T00:00:00.123Z"),
          3,
          Instant.parse("2026-01-31T00:00:01Z"),
          Instant.parse("2026-01-31T00:10:01.000000007Z"),
          "page 3, é");

  @Test
  void itIsReadAsItWasWrittenAndLeavesTheMessageAsItWas() {
    OutgoingMessage sent = TICKET.on(MESSAGE, PLACE, "orders", "IllegalStateException");

    assertThat(RetryTicket.read(sent.headers())).hasValue(TICKET);
    assertThat(RetryTicket.own(sent.headers())).isEqualTo(MESSAGE.headers());
    assertThat(sent.place()).isEqualTo(PLACE);
    assertThat(sent.key()).isSameAs(MESSAGE.key());
    assertThat(sent.body()).isSameAs(MESSAGE.body());
    assertThat(sent.headers().text(RetryHeaders.PIPELINE)).isEqualTo("orders");
    assertThat(sent.headers().text(RetryHeaders.REASON)).isEqualTo("IllegalStateException");
  }

  @Test
  void aSecondTicketReplacesTheFirst() {
    OutgoingMessage once = TICKET.on(MESSAGE, PLACE, "orders", "first");
    TestMessage carrier = MESSAGE.with("x", "y");
    for (Headers.Header header : once.headers()) {
      carrier = carrier.with(header.name(), String.valueOf(header.value()));
    }

    OutgoingMessage twice = TICKET.on(carrier, PLACE, "orders", "second");

    assertThat(twice.headers())
        .filteredOn(header -> RetryHeaders.isOurs(header.name()))
        .hasSize(8)
        .extracting(Headers.Header::name)
        .doesNotHaveDuplicates();
    assertThat(twice.headers().text(RetryHeaders.REASON)).isEqualTo("second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        RetryHeaders.ORIGIN,
        RetryHeaders.ORIGIN_TIMESTAMP,
        RetryHeaders.FAILURES,
        RetryHeaders.FIRST_FAILED_AT,
        RetryHeaders.DUE
      })
  void whatIsMissingOrDamagedMakesItNoTicket(String header) {
    Headers whole = TICKET.on(MESSAGE, PLACE, "orders", "late").headers();

    assertThat(RetryTicket.read(whole.without(header))).isEmpty();
    assertThat(RetryTicket.read(whole.with(header, "no such thing"))).isEmpty();
  }
}
