package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoEventsTest {
  private final List<String> told = new ArrayList<>();
  private final DemoEvents events =
      new DemoEvents(new DemoFiles("tailrace-demo-abcd", Path.of("unused")), told::add);

  @Test
  void aDeadLetterIsToldWithItsAttemptsItsReasonAndWhereItIs() {
    events.deadLettered(
        subject("tailrace-demo-abcd-orders/1", 33, 3),
        "BadPayload",
        "tailrace-demo-abcd-orders.dlq/0@7");

    assertThat(told).containsExactly("orders/1@33 dead after 3 attempts: BadPayload → orders.dlq");
  }

  @Test
  void whatHappensAllTheTimeIsToldOnce() {
    for (int i = 0; i < 3; i++) {
      Subject subject = subject("tailrace-demo-abcd-orders/0", i, 1);
      events.parked(subject, Duration.ofMillis(900), "busy: key is claimed elsewhere");
      events.parked(subject, Duration.ofMillis(250), "retry: gateway answered 503");
      events.settled(subject, Finish.SKIPPED, "");
      events.settled(subject, Finish.DONE, "");
    }

    assertThat(told)
        .containsExactly(
            "orders/0@0 failed: gateway answered 503 → again in 250 ms; its key waits",
            "orders/0@0 was sent twice → skipped, its key is done already");
  }

  private static Subject subject(String source, long position, int attempt) {
    Message message =
        new TestMessage(
            Origin.offset(source, position), null, null, Headers.empty(), Instant.EPOCH);
    return new Subject() {
      @Override
      public String pipeline() {
        return "orders";
      }

      @Override
      public Message message() {
        return message;
      }

      @Override
      public int epoch() {
        return 1;
      }

      @Override
      public int attempt() {
        return attempt;
      }
    };
  }
}
