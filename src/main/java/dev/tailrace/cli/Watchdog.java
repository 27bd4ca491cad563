package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.lifecycle.DrainProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the clock of the drain, on a daemon thread outside Vert.x: whatever else hangs, the process
 * is gone by the deadline + 500 ms. At its end it writes the report as far as it is known, and
 * halts: with 4, or with the report's own code where the drain was over and only the exit hung.
 *
 * <p>Thread-safe. Once started it never stops; the process ends first.
 */
final class Watchdog {
  /** What is allowed beyond the deadline before it strikes. */
  static final Duration GRACE = Duration.ofMillis(20);

  /** What writing the last report may take; a dead disk must not keep the process. */
  static final Duration LONGEST_WRITE = Duration.ofMillis(80);

  /**
   * What the JVM takes to halt: it waits 300 ms for threads in native code, and every event loop
   * sits there in its selector.
   */
  static final Duration LONGEST_HALT = Duration.ofMillis(350);

  /** How often it looks. */
  static final Duration LOOK = Duration.ofMillis(20);

  private final LongSupplier nanos;
  private final Supplier<Optional<DrainProgress>> progress;
  private final Supplier<Optional<DrainReport>> report;
  private final Last last;
  private final AtomicReference<@Nullable Long> armedUntil = new AtomicReference<>(); // set once

  /**
   * What is done at the end.
   *
   * @param write writes the report; may hang or fail
   * @param halt ends the process at once
   */
  record Last(Consumer<DrainReport> write, IntConsumer halt) {}

  /**
   * Watches a pool.
   *
   * @param nanos the clock of {@link DrainProgress#startedNanos}
   * @param progress how far the drain is
   * @param report as far as it is known
   */
  Watchdog(
      LongSupplier nanos,
      Supplier<Optional<DrainProgress>> progress,
      Supplier<Optional<DrainReport>> report,
      Last last) {
    this.nanos = nanos;
    this.progress = progress;
    this.report = report;
    this.last = last;
  }

  /** Begins to watch. */
  void start() {
    Thread thread =
        new Thread(
            () -> {
              while (!expired()) {
                LockSupport.parkNanos(LOOK.toNanos());
              }
              strike();
            },
            "tailrace-watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** The clock runs from the first call, even should the pool never get to begin its drain. */
  void arm(Duration deadline) {
    armedUntil.compareAndSet(null, nanos.getAsLong() + deadline.toNanos());
  }

  /** Whether the time is over. */
  boolean expired() {
    long now = nanos.getAsLong();
    Optional<DrainProgress> drain = progress.get();
    if (drain.isPresent()) {
      return drain.get().left(now).plus(GRACE).isNegative();
    }
    Long until = armedUntil.get();
    return until != null && now - until > GRACE.toNanos();
  }

  /** Writes and halts. */
  void strike() {
    int exitCode = ExitCode.INCOMPLETE;
    try {
      Optional<DrainReport> known = report.get();
      if (known.isPresent()) {
        exitCode = known.get().complete() ? known.get().exitCode() : ExitCode.INCOMPLETE;
        writeBounded(known.get());
      }
    } finally {
      last.halt().accept(exitCode);
    }
  }

  private void writeBounded(DrainReport known) {
    Thread writer = new Thread(() -> last.write().accept(known), "tailrace-last-report");
    writer.setDaemon(true);
    writer.start();
    try {
      writer.join(LONGEST_WRITE.toMillis());
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }
}
