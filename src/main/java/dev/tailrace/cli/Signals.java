package dev.tailrace.cli;

import dev.tailrace.lifecycle.Trigger;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Counts the signals that ask for the end: the first begins the drain, the second forces it, the
 * third halts. Those within a second of the first are one with it, for a terminal and a supervisor
 * often send the same wish twice. Thread-safe.
 */
final class Signals {
  /** How long after the first a signal says nothing new. */
  static final Duration ONE = Duration.ofSeconds(1);

  private final LongSupplier nanos;
  private final Wishes wishes;
  private int count; // guarded by this
  private long first; // guarded by this

  /** What signals ask for; called on the JVM's signal threads, outside any lock. */
  interface Wishes {
    /** Begin the drain. */
    void drain(Trigger trigger);

    /** Cut the drain short. */
    void force(String by);

    /** End now. */
    void halt(String by);
  }

  /**
   * Counts for {@code wishes}.
   *
   * @param nanos the monotonic clock
   */
  Signals(LongSupplier nanos, Wishes wishes) {
    this.nanos = nanos;
    this.wishes = wishes;
  }

  /** Takes INT and TERM from the system; the JVM no longer ends by them. */
  void install() {
    OsSignals.handle("TERM", () -> arrived(Trigger.Kind.SIGTERM));
    OsSignals.handle("INT", () -> arrived(Trigger.Kind.SIGINT));
  }

  /** A signal arrived. */
  void arrived(Trigger.Kind kind) {
    String name = kind.name();
    switch (count()) {
      case 0:
        return;
      case 1:
        wishes.drain(new Trigger(kind, name));
        return;
      case 2:
        wishes.force(name);
        return;
      default:
        wishes.halt(name);
    }
  }

  /** The number of this signal, or 0 where it is one with the first. */
  private synchronized int count() {
    long now = nanos.getAsLong();
    if (count == 0) {
      first = now;
    } else if (now - first < ONE.toNanos()) {
      return 0;
    }
    count++;
    return count;
  }
}
