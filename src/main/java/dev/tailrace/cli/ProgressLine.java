package dev.tailrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * Progress on standard error: on a terminal one line that is written anew at most four times a
 * second, elsewhere a plain line every ten seconds. Main thread only.
 */
final class ProgressLine implements AutoCloseable {
  private static final long TERMINAL = Duration.ofMillis(250).toNanos();
  private static final long ELSEWHERE = Duration.ofSeconds(10).toNanos();
  private static final int WIDTH = 20;

  private final LiveScreen screen;
  private final LongSupplier nanos;
  private long last; // main thread only

  ProgressLine(LiveScreen screen, LongSupplier nanos) {
    this.screen = screen;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /** For a command, on its standard error. */
  static ProgressLine of(CommandLine line) {
    return new ProgressLine(LiveScreen.of(line.getErr()), System::nanoTime);
  }

  /** Shows the line, where it is time for one. */
  void show(Supplier<String> line) {
    long now = nanos.getAsLong();
    if (now - last < (screen.live() ? TERMINAL : ELSEWHERE)) {
      return;
    }
    last = now;
    if (screen.live()) {
      screen.paint(List.of(line.get()));
    } else {
      screen.say(line.get());
    }
  }

  /** {@code kafka orders.dlq [#####---------------] 3,412 of 10,000}. */
  static String bar(String what, long done, long all) {
    long most = Math.max(done, all);
    int filled = most == 0 ? WIDTH : (int) (WIDTH * done / most);
    return what
        + " ["
        + "#".repeat(filled)
        + "-".repeat(WIDTH - filled)
        + "] "
        + Phrases.count(done)
        + " of "
        + Phrases.count(most);
  }

  /** Takes the line away, so that a result may be printed; the next one comes below it. */
  void clear() {
    if (screen.live()) {
      screen.clear();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
