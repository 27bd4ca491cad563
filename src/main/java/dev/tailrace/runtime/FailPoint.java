package dev.tailrace.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place in the way of a message, or of a drain, where tests end the process: between two steps
 * that a death may separate. Outside such tests nothing is installed, and to reach one costs a read
 * of a field and allocates nothing.
 */
public enum FailPoint {
  /** Received, with a permit; its key is not claimed yet. */
  BEFORE_CLAIM,
  /** Claimed where there is a store; the handler is about to be called. */
  BEFORE_EFFECT,
  /** The handler has ended; nothing of its outcome is written down. */
  BEFORE_MARK,
  /** The mark is written; the source does not know yet that the message is finished. */
  BEFORE_COMMIT,
  /** Partitions are asked back, with work under way. */
  REVOKE,
  /** The work of the partitions that go has come to rest; its last commit is not made yet. */
  REVOKE_RESTED,
  /** A drain begins its phase {@code unready}; the others likewise. */
  PHASE_UNREADY,
  /** Intake is about to stop. */
  PHASE_STOP_INTAKE,
  /** The intake has closed; running work is about to be awaited. */
  PHASE_DRAIN,
  /** The work has ended, or its time was over. */
  PHASE_ABANDON,
  /** Marks and commits are about to be confirmed. */
  PHASE_SETTLE,
  /** All is confirmed; the members are about to leave. */
  PHASE_CLOSE_SOURCES,
  /** The members have left. */
  PHASE_CLOSE_STORES,
  /** Connections are closed; the last lines are not written yet. */
  PHASE_FLUSH_TELEMETRY,
  /** All is written; servers and verticles are about to end. */
  PHASE_CLOSE_RUNTIME;

  private static volatile @Nullable Consumer<FailPoint> action; // tests and cli

  /** As written on the command line: {@code before-claim}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The point of this label. */
  public static Optional<FailPoint> labelled(String label) {
    return Arrays.stream(values()).filter(point -> point.label().equals(label)).findFirst();
  }

  /**
   * Has every point call this, on the thread that reaches it, from now on and in this whole JVM.
   *
   * @param reached may throw, end the process, or never return; null takes away what was installed
   */
  public static void install(@Nullable Consumer<FailPoint> reached) {
    action = reached;
  }

  /** The code has come to this place. */
  public void reach() {
    Consumer<FailPoint> installed = action;
    if (installed != null) {
      installed.accept(this);
    }
  }
}
