package dev.tailrace.app;

import dev.tailrace.app.PoolStatus.ConfigStamp;
import dev.tailrace.lifecycle.DrainConfig;
import java.time.Instant;

/**
 * Which configuration a pool runs by.
 *
 * @param stamp to be told from others
 * @param drain how the pool drains
 */
record ConfigStanding(ConfigStamp stamp, DrainConfig drain) {
  /** The one it began with. */
  static ConfigStanding first(PoolSettings settings) {
    return new ConfigStanding(new ConfigStamp(1, settings.configSha256(), null), settings.drain());
  }

  /** The next one, taken over now. */
  ConfigStanding next(ReloadPlan plan, Instant now) {
    return new ConfigStanding(
        new ConfigStamp(stamp.generation() + 1, plan.sha256(), now), plan.drain());
  }
}
