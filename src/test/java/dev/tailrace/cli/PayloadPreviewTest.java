package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PayloadPreviewTest {
  @Test
  void textIsShownOnOneLineAndCutBetweenCharacters() {
    assertThat(preview("{\n\t\"id\": 3}")).hasToString("{\\n\\t\"id\": 3}");
    String cut = preview("x" + "€".repeat(200)).toString();
    assertThat(cut).startsWith("x€€").endsWith("€…").doesNotContain("\uFFFD");
    assertThat(cut.length()).isLessThan(100);
  }

  @Test
  void whatIsNoTextIsShownAsHex() {
    assertThat(PayloadPreview.of(Buffer.buffer(new byte[] {0, (byte) 0xff, 13})))
        .hasToString("hex:00ff0d");
    byte[] many = new byte[1_000];
    Arrays.fill(many, (byte) 0xfe);
    PayloadPreview cut = PayloadPreview.of(Buffer.buffer(many));
    assertThat(cut.toString()).endsWith("fe…").hasSize("hex:".length() + 128 + 1);
    assertThat(cut.withLength()).startsWith("1,000 bytes: hex:fefe");
  }

  @Test
  void nothingThatMovesATerminalsCursorIsShown() {
    assertThat(preview("\u001b[2J").toString()).startsWith("hex:1b");
    assertThat(preview("\u009b2J").toString()).startsWith("hex:");
    assertThat(PayloadPreview.line("a\u001b[2Jb\nc")).isEqualTo("a?[2Jb\\nc");
  }

  @Test
  void nothingAndNoBytesAreToldApart() {
    assertThat(PayloadPreview.of(null)).hasToString("(null)");
    assertThat(PayloadPreview.of(Buffer.buffer())).hasToString("(empty)");
    assertThat(PayloadPreview.of(null).json().getBoolean("null")).isTrue();
    assertThat(PayloadPreview.of(Buffer.buffer()).json().getBoolean("null")).isFalse();
  }

  private static PayloadPreview preview(String text) {
    return PayloadPreview.of(Buffer.buffer(text));
  }
}
