package dev.tailrace.chaos;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How late a timer of 10 ms comes in this JVM: a lower bound of what the machine, busy with others,
 * adds to any time that is measured from here. Thread-safe.
 */
final class NoiseGauge implements AutoCloseable {
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int KEPT = 60_000 / 10;

  private final Deque<long[]> late = new ArrayDeque<>(); // guarded by itself: when, how much
  private final Thread thread = new Thread(this::measure, "noise");
  private volatile boolean closed;

  NoiseGauge() {
    thread.setDaemon(true);
    thread.start();
  }

  private void measure() {
    long before = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(STEP);
      long now = System.nanoTime();
      synchronized (late) {
        late.addLast(new long[] {now, now - before - STEP});
        if (late.size() > KEPT) {
          late.removeFirst();
        }
      }
      before = now;
    }
  }

  /** The longest delay between two moments of {@link System#nanoTime}, at most a minute ago. */
  long most(long from, long to) {
    synchronized (late) {
      return late.stream()
          .filter(one -> one[0] - from >= 0 && one[0] - one[1] - to <= 0)
          .mapToLong(one -> one[1])
          .max()
          .orElse(0);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
