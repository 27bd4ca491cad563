package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Message;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.LoggedMessage;
import dev.tailrace.observe.Subject;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The names of a message are in the context of its handler's thread without being put there. */
class MessageContextMapTest {
  private final MessageContextMap context = new MessageContextMap();

  @AfterEach
  void clear() {
    context.clear();
  }

  @Test
  void whoeverLooksFindsTheNamesOfTheMessageWhileItsHandlerIsCalled() {
    begin(new Named(TestMessage.at(57)));
    assertThat(context.get("position")).isEqualTo("57");
    assertThat(context.containsKey("source")).isTrue();
    assertThat(context.isEmpty()).isFalse();
    assertThat(context.getImmutableMapOrNull())
        .isEqualTo(Map.of("pipeline", "orders", "source", "orders/1", "position", "57"));

    end();
    assertThat(context.get("position")).isNull();
    assertThat(context.isEmpty()).isTrue();
    assertThat(context.getImmutableMapOrNull()).isNull();
  }

  @Test
  void whatAHandlerPutsItselfIsThereTooAndStaysItsOwn() {
    begin(new Named(TestMessage.at(57)));
    context.put("customer", "7");
    context.put("position", "mine");
    assertThat(context.getCopy())
        .isEqualTo(
            Map.of(
                "pipeline", "orders", "source", "orders/1", "position", "mine", "customer", "7"));

    context.remove("position");
    assertThat(context.get("position")).isEqualTo("57");
    end();
    assertThat(context.getCopy()).isEqualTo(Map.of("customer", "7"));
  }

  @Test
  void aClearedContextIsEmpty() {
    begin(new Named(TestMessage.at(57)));
    context.put("customer", "7");
    context.clear();
    assertThat(context.getCopy()).isEmpty();
  }

  private static void begin(Subject subject) {
    Objects.requireNonNull(LoggedMessage.context()).get().is(subject);
  }

  private static void end() {
    Objects.requireNonNull(LoggedMessage.context()).get().is(null);
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
