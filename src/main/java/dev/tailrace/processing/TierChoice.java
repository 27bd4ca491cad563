package dev.tailrace.processing;

import dev.tailrace.message.Outcome;
import dev.tailrace.sink.RetryTiers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which tier of retries a failed message goes to, if any.
 *
 * <p>The last attempts are made in tiers, one in each, so that with five attempts and three tiers
 * the first retry waits in the pool. What came through a tier goes on in tiers. A delay that the
 * handler asks for chooses by itself: below that of the first tier the message waits in the pool,
 * else in the first tier that is no shorter.
 */
final class TierChoice {
  /** It waits in the pool. */
  static final int NONE = -1;

  private final Crew crew;
  private final WorkItem item;

  /** About a message whose last failure is counted already. */
  TierChoice(Crew crew, WorkItem item) {
    this.crew = crew;
    this.item = item;
  }

  /**
   * The number of the tier, or {@link #NONE}.
   *
   * @param mayPark whether there is room in the pool
   */
  int choose(Outcome.Retry retry, boolean mayPark) {
    Crew.Moving moving = crew.moving();
    if (moving == null) {
      return NONE;
    }
    boolean free = !moving.ordered() || item.isRetried();
    int tier = free ? planned(moving.tiers(), retry.after()) : NONE;
    boolean overflows = free || crew.retry().overflow() == RetryPolicy.Overflow.MOVE;
    // Where the last messages all failed it may be an outage, because of which nothing overflows.
    return tier == NONE && overflows && !mayPark && !crew.breaker().mayOpen()
        ? fitting(moving.tiers(), retry.after())
        : tier;
  }

  private int planned(RetryTiers tiers, @Nullable Duration after) {
    if (after != null) {
      return after.compareTo(tiers.delay(0)) < 0 ? NONE : fitting(tiers, after);
    }
    int inPool = Math.max(0, crew.retry().attempts() - 1 - tiers.size());
    int tier = item.failures() - 1 - inPool;
    return item.isRetried() ? Math.max(0, tier) : Math.max(NONE, tier);
  }

  /** The first tier that is no shorter, or else the last. */
  private static int fitting(RetryTiers tiers, @Nullable Duration after) {
    int tier = 0;
    while (after != null && tier < tiers.size() - 1 && tiers.delay(tier).compareTo(after) < 0) {
      tier++;
    }
    return tier;
  }
}
