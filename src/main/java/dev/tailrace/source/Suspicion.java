package dev.tailrace.source;

import dev.tailrace.runtime.Loop;
import java.time.Duration;

/**
 * For how long what processes left behind is suspected to have ended them. Nobody knows which of it
 * was under way then, and which only waited beside that: so it lasts for a while, and until as many
 * are finished here as may have been under way. Whoever ends the process after that is suspected
 * again in the next one, where less is left beside it. Event loop only.
 */
public final class Suspicion {
  /**
   * For so long at least, since before those that were under way there may be many quick ones that
   * only were not acknowledged any more.
   */
  public static final Duration LEAST = Duration.ofSeconds(30);

  private final Loop loop;
  private int left; // event loop only; so many more have to be finished
  private long until; // event loop only; nanos

  /** Makes one that is over. */
  public Suspicion(Loop loop) {
    this.loop = loop;
    this.until = loop.nanos();
  }

  /**
   * Begins, or begins anew.
   *
   * @param underWay so many may have been under way in each process, at least 1
   */
  public void begin(int underWay) {
    left = underWay;
    until = loop.nanos() + LEAST.toNanos();
  }

  /** One of those that are suspected is finished, and its process has not ended. */
  public void finished() {
    left = Math.max(0, left - 1);
  }

  /** Whether as many are finished as may have been under way, and the while is over. */
  public boolean isOver() {
    return left == 0 && loop.nanos() - until >= 0;
  }
}
