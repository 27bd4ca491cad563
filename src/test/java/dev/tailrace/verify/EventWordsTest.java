package dev.tailrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Words and reasons of a detail are told apart. */
final class EventWordsTest {
  @Test
  void wordsAreReadBeforeTheReason() {
    String detail = "exhausted=5 dlq=orders.dlq/0@7 fence=17 mark=written: fence=3 is no word";

    assertThat(EventWords.number(detail, "exhausted")).isEqualTo(5);
    assertThat(EventWords.number(detail, "fence")).isEqualTo(17);
    assertThat(EventWords.word(detail, "dlq")).isEqualTo("orders.dlq/0@7");
    assertThat(EventWords.word(detail, "ma")).isNull();
    assertThat(EventWords.number(detail, "mark")).isEqualTo(-1);
    assertThat(EventWords.reason(detail)).isEqualTo("fence=3 is no word");
  }

  @Test
  void aDetailMayBeWordsAloneOrAReasonAloneOrMissing() {
    assertThat(EventWords.word("fence=9", "fence")).isEqualTo("9");
    assertThat(EventWords.word("by the dice", "fence")).isNull();
    assertThat(EventWords.reason("by the dice: twice")).isEqualTo("by the dice: twice");
    assertThat(EventWords.word(null, "fence")).isNull();
    assertThat(EventWords.reason(null)).isEmpty();
  }
}
