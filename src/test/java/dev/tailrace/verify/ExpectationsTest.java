package dev.tailrace.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.verify.Expectations.Order;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected of a run is read exactly, or refused. */
final class ExpectationsTest {
  @Test
  void everyPartIsRead() {
    Expectations read =
        Expectations.parse("effects, kills=3,complete,order=key,order.payments=unordered");

    assertThat(read)
        .isEqualTo(
            new Expectations(true, 3, true, Map.of("*", Order.KEY, "payments", Order.UNORDERED)));
    assertThat(read.orderOf("payments")).isEqualTo(Order.UNORDERED);
    assertThat(read.orderOf("orders")).isEqualTo(Order.KEY);
    assertThat(Expectations.parse(" ")).isEqualTo(Expectations.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"effect", "kills", "kills=-1", "order=fifo", "order.=key", "effects,,"})
  void whatIsNoExpectationIsRefusedByName(String text) {
    assertThatThrownBy(() -> Expectations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no expectation; allowed: effects");
  }
}
