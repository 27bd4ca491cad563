package dev.tailrace.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * A block of lines at the foot of a terminal that is painted again and again, while lines that stay
 * scroll away above it. Without a terminal there is no block, and lines that stay are all there is.
 * Thread-safe.
 */
final class LiveScreen {
  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_BELOW = "\r\u001b[J";
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintWriter out;
  private final boolean live;
  private final boolean colours;
  private final int width;
  private List<String> block = List.of(); // guarded by this
  private int painted; // guarded by this

  /**
   * Writes to {@code out}.
   *
   * @param live whether it is a terminal
   * @param colours whether it may be coloured
   * @param width in columns; longer lines of the block are cut
   */
  LiveScreen(PrintWriter out, boolean live, boolean colours, int width) {
    this.out = out;
    this.live = live;
    this.colours = colours;
    this.width = width;
  }

  /** On standard error, as it is. */
  static LiveScreen of(PrintWriter err) {
    return new LiveScreen(err, Terminal.present(), Terminal.colours(), Terminal.width());
  }

  boolean live() {
    return live;
  }

  /** Paints another block in place of the last one; its first line is emphasized. */
  synchronized void paint(List<String> lines) {
    if (live) {
      block = List.copyOf(lines);
      repaint(List.of());
    }
  }

  /** Adds lines that stay. */
  synchronized void say(List<String> lines) {
    repaint(lines);
  }

  void say(String line) {
    say(List.of(line));
  }

  /** Takes the block away; what stays, stays. */
  synchronized void clear() {
    block = List.of();
    repaint(List.of());
  }

  /** One write for all, so that it does not flicker. */
  private void repaint(List<String> staying) {
    StringBuilder frame = new StringBuilder();
    if (painted > 0) {
      frame.append(UP.formatted(painted)).append(CLEAR_BELOW);
    }
    List<String> folded = live ? Terminal.fold(staying, width) : staying;
    folded.forEach(line -> frame.append(Terminal.printable(line)).append('\n'));
    for (int i = 0; i < block.size(); i++) {
      String line = Terminal.printable(block.get(i));
      String cut = line.length() < width ? line : line.substring(0, Math.max(width - 1, 0));
      String style = i == 0 ? BOLD : DIM;
      boolean styled = colours && i < 2;
      frame.append(styled ? style + cut + PLAIN : cut).append('\n');
    }
    painted = block.size();
    out.print(frame);
    out.flush();
  }
}
