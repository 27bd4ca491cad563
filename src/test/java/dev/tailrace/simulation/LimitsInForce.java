package dev.tailrace.simulation;

import dev.tailrace.app.PipelineLimits;
import dev.tailrace.observe.MessageCounts;

/**
 * The limits of one consumer, promise P4. They may change while it works: from the wish to change
 * them until nothing is beyond the new ones, the larger of both hold.
 */
final class LimitsInForce {
  private final World world;
  private final ConsumerView consumer;
  private PipelineLimits bounds; // what it may hold
  private PipelineLimits newest;
  private int permits; // what it gives for certain

  LimitsInForce(World world, ConsumerView consumer, PipelineLimits first) {
    this.world = world;
    this.consumer = consumer;
    this.bounds = first;
    this.newest = first;
    this.permits = first.concurrency();
  }

  void changing(PipelineLimits next) {
    bounds =
        new PipelineLimits(
            Math.max(bounds.concurrency(), next.concurrency()),
            Math.max(bounds.bufferMessages(), next.bufferMessages()),
            Math.max(bounds.bufferBytes(), next.bufferBytes()),
            Math.max(bounds.parked(), next.parked()));
    newest = next;
    permits = Math.min(permits, next.concurrency());
  }

  /** The consumer goes by these. */
  void taken(PipelineLimits next) {
    if (next.equals(newest)) {
      permits = next.concurrency();
    }
  }

  /** It has no more than these allow. */
  void kept(PipelineLimits next) {
    if (next.equals(newest)) {
      bounds = next;
    }
  }

  /** What waits may pass its mark by one poll. */
  void check(int executing, int waiting, MessageCounts counts) {
    int poll = world.settings().group().poll();
    if (executing > bounds.concurrency()
        || waiting > bounds.bufferMessages() + poll
        || counts.bytes() > bounds.bufferBytes() + (long) poll * Topic.MOST_BYTES) {
      throw world.broken("P4: " + consumer + " holds " + counts + " within " + bounds);
    }
  }

  int permits() {
    return permits;
  }
}
