package dev.tailrace.cli;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever paints while another speaks, each block goes as it came, and what stays, stays. */
final class LiveScreenInterleavingsTest {
  private static final String UP = "\u001b[1A\r\u001b[J";

  @Test
  void whatStaysStaysAndTheBlockIsTakenAwayWhole() {
    Interleavings.ofStory(
        "LiveScreen",
        () -> {
          StringWriter written = new StringWriter();
          LiveScreen screen = new LiveScreen(new PrintWriter(written), true, false, 80);
          Race.between(
              () -> screen.paint(List.of("block")),
              () -> {
                screen.say("stays");
                screen.clear();
              });
          String all = written.toString();
          Race.require(
              List.of(
                      "block\n" + UP + "stays\nblock\n" + UP,
                      "stays\nblock\n" + UP,
                      "stays\nblock\n")
                  .contains(all),
              "garbled: " + all);
        });
  }
}
