package dev.tailrace.redis.stream;

import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Suspicion;

/**
 * Which entries of a source are suspected to have ended processes: all that was left behind twice,
 * for as long as a {@link Suspicion} lasts, which begins where such entries come after none did for
 * a while; and for ever what ran alone when its process ended. Belongs to the source's loop.
 */
final class EntrySuspicion {
  private final Loop loop;
  private final int underWay;
  private final Suspicion suspicion;
  private long lastCame; // event loop only: nanos when something came that was left behind twice

  /**
   * Makes it.
   *
   * @param underWay the most messages that are under way at once, at least 1
   */
  EntrySuspicion(Loop loop, int underWay) {
    this.loop = loop;
    this.underWay = underWay;
    this.suspicion = new Suspicion(loop);
    this.lastCame = loop.nanos() - Suspicion.LEAST.toNanos();
  }

  /** An entry has come, of which the server says this. */
  void came(DeliveryCount count) {
    if (count.isLeftBehind()) {
      long now = loop.nanos();
      if (now - lastCame >= Suspicion.LEAST.toNanos()) {
        suspicion.begin(underWay);
      }
      lastCame = now;
    }
  }

  /** Whether an entry of which the server said this is suspected now. */
  boolean covers(DeliveryCount count) {
    return count.alone() > 0 || (count.isLeftBehind() && !suspicion.isOver());
  }

  /** One that ran alone is finished, and its process is not. */
  void finished() {
    suspicion.finished();
  }
}
