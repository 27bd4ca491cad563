package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveScreenTest {
  private final StringWriter written = new StringWriter();

  @Test
  void theBlockIsPaintedOverItselfAndWhatStaysScrollsAboveIt() {
    LiveScreen screen = screen(true, 80);
    screen.paint(List.of("one", "two"));
    written.getBuffer().setLength(0);

    screen.say("dead letter");

    assertThat(written).hasToString("\u001b[2A\r\u001b[Jdead letter\none\ntwo\n");
  }

  @Test
  void noLineOfTheBlockIsLongerThanTheTerminalIsWide() {
    screen(true, 10).paint(List.of("0123456789", "012345678"));

    assertThat(written).hasToString("012345678\n012345678\n");
  }

  @Test
  void whatStaysIsFoldedBetweenWords() {
    screen(true, 16).say("  one two three four");

    assertThat(written).hasToString("  one two three\n    four\n");
  }

  @Test
  void withoutATerminalThereIsNoBlockAndNoControl() {
    LiveScreen screen = screen(false, 80);
    screen.paint(List.of("one", "two"));
    screen.say("dead letter");
    screen.clear();

    assertThat(written).hasToString("dead letter\n");
  }

  @Test
  void afterItsEndTheBlockIsGone() {
    LiveScreen screen = screen(true, 80);
    screen.paint(List.of("one"));
    screen.clear();
    written.getBuffer().setLength(0);

    screen.say("report");

    assertThat(written).hasToString("report\n");
  }

  private LiveScreen screen(boolean live, int width) {
    return new LiveScreen(new PrintWriter(written), live, false, width);
  }
}
