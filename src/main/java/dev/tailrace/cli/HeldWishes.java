package dev.tailrace.cli;

import dev.tailrace.lifecycle.Trigger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the wishes of signals to the pool, and keeps those for it that come before there is one:
 * none is lost, and the end is never forced before it has begun. The pool may hear a wish twice.
 * Thread-safe.
 */
final class HeldWishes implements Signals.Wishes {
  private static final Logger LOG = LoggerFactory.getLogger(HeldWishes.class);

  private final Runnable haltAlone;
  private Signals.@Nullable Wishes pool; // guarded by this
  private @Nullable Trigger drain; // guarded by this
  private @Nullable String force; // guarded by this

  /**
   * For a pool that is still to come.
   *
   * @param haltAlone ends the process while there is no pool
   */
  HeldWishes(Runnable haltAlone) {
    this.haltAlone = haltAlone;
  }

  private record Held(
      Signals.@Nullable Wishes pool, @Nullable Trigger drain, @Nullable String force) {}

  private Held held() {
    return new Held(pool, drain, force);
  }

  /** There is a pool now; it hears at once what was wished for before. */
  void attach(Signals.Wishes target) {
    Held before;
    synchronized (this) {
      pool = target;
      before = held();
    }
    tell(before);
  }

  @Override
  public void drain(Trigger trigger) {
    LOG.info("{}: draining; a second signal forces the end", trigger.reason());
    Held all;
    synchronized (this) {
      drain = trigger;
      all = held();
    }
    tell(all);
  }

  @Override
  public void force(String by) {
    LOG.warn("{}: forcing the drain; a third signal halts", by);
    Held all;
    synchronized (this) {
      force = by;
      all = held();
    }
    tell(all);
  }

  private static void tell(Held wishes) {
    Signals.Wishes target = wishes.pool();
    if (target != null && wishes.drain() != null) {
      target.drain(wishes.drain());
      if (wishes.force() != null) {
        target.force(wishes.force());
      }
    }
  }

  @Override
  public void halt(String by) {
    LOG.error("{}: halting", by);
    Held all;
    synchronized (this) {
      all = held();
    }
    Signals.Wishes target = all.pool();
    if (target == null) {
      haltAlone.run();
    } else {
      target.halt(by);
    }
  }
}
