package dev.tailrace.bench.frame;

/** When the broker last confirmed a position or an acknowledgement. Thread-safe. */
public final class Commits {
  private static volatile long last = System.nanoTime();

  private Commits() {}

  /** One is confirmed now. */
  public static void confirmed() {
    last = System.nanoTime();
  }

  /** The last one, by the process's clock. */
  static long last() {
    return last;
  }
}
