package dev.tailrace.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watches a count grow, and takes rate and processor time of the middle of it: joining the group,
 * the first fetches and the last stragglers are not what is asked for. The count is shared; the
 * rest belongs to the thread that watches.
 */
final class BenchWindow {
  private static final long LOOK_MILLIS = 2;

  private final LongAdder done = new LongAdder();
  private final long messages;

  BenchWindow(long messages) {
    this.messages = messages;
  }

  /**
   * What was measured.
   *
   * @param rate messages per second
   * @param cpuMicros processor time of this process per message, in microseconds
   */
  record Reading(double rate, double cpuMicros) {}

  private record Moment(long count, long nanos, Duration cpu) {
    Reading until(Moment end) {
      double messages = Math.max(1, end.count - count);
      double nanos = Math.max(1, end.nanos - this.nanos);
      return new Reading(messages * 1e9 / nanos, end.cpu.minus(cpu).toNanos() / 1e3 / messages);
    }
  }

  /** One message more is done; safe on any thread. */
  void done() {
    done.increment();
  }

  /** How many are done; exact once nobody counts any more. */
  long count() {
    return done.sum();
  }

  /**
   * Waits until so many are done.
   *
   * @param running fails where that will never be
   * @throws CommandException where it has failed, or ended before
   */
  Reading watch(String label, CompletableFuture<?> running, ProgressLine progress) {
    Moment begin = reach(messages / 10, label, running, progress);
    Moment end = reach(messages - messages / 10, label, running, progress);
    reach(messages, label, running, progress);
    return begin.until(end);
  }

  private Moment reach(
      long count, String label, CompletableFuture<?> running, ProgressLine progress) {
    boolean ended = false;
    while (done.sum() < count) {
      if (ended) {
        throw new CommandException(
            ExitCode.FAILURE,
            "%s ended with %s of %s"
                .formatted(label, Phrases.count(count()), Phrases.count(messages, "message")));
      }
      ended = ended(label, running);
      progress.show(() -> ProgressLine.bar(label, count(), messages));
    }
    return now();
  }

  private Moment now() {
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return new Moment(done.sum(), System.nanoTime(), cpu);
  }

  private static boolean ended(String label, CompletableFuture<?> running) {
    try {
      running.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException stillRunning) {
      return false;
    } catch (ExecutionException failed) {
      throw new CommandException(ExitCode.FAILURE, label + " failed: " + failed.getCause(), failed);
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitCode.FAILURE, "interrupted", urged);
    }
  }
}
