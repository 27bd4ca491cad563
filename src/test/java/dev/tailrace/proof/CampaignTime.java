package dev.tailrace.proof;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long each campaign lasts. {@code -Dchaos.minutes} is divided among those that {@code
 * -Dit.test} selects, or among all: kills and faults find most in an hour, and the shorter ones
 * have been through what they have after some minutes.
 */
public enum CampaignTime {
  /** Processes that are killed. */
  KILLS("KillsCampaign", 40),
  /** What befalls brokers and stores. */
  FAULTS("FaultsCampaign", 30),
  /** Members that join and leave. */
  REBALANCE_STORM("RebalanceStormCampaign", 20),
  /** Keys that fail beside others. */
  HEALTHY_KEYS("HealthyKeysCampaign", 4),
  /** Simulated worlds. */
  SIMULATION("SimulationCampaign", 12),
  /** Every way through a small world. */
  SMALL_WORLD("SmallWorldCampaign", 8),
  /** Interleavings of threads. */
  INTERLEAVINGS("InterleavingsCampaign", 3),
  /** Inputs to readers. */
  FUZZ("FuzzCampaign", 3);

  private final String test;
  private final int share;

  CampaignTime(String test, int share) {
    this.test = test;
    this.share = share;
  }

  /** Its share of the minutes that were asked for; {@code otherwise} where none were. */
  public Duration orElse(Duration otherwise) {
    Long minutes = Long.getLong("chaos.minutes");
    return minutes == null
        ? otherwise
        : of(Duration.ofMinutes(minutes), System.getProperty("it.test"));
  }

  /** Its share of a time, where a pattern selects the campaigns; null selects all. */
  Duration of(Duration all, @Nullable String pattern) {
    List<CampaignTime> selected =
        Arrays.stream(values()).filter(each -> each.isSelectedBy(pattern)).toList();
    int sum = selected.stream().mapToInt(each -> each.share).sum();
    return selected.contains(this) ? all.multipliedBy(share).dividedBy(sum) : all;
  }

  private boolean isSelectedBy(@Nullable String pattern) {
    return pattern == null
        || pattern.isBlank()
        || Arrays.stream(pattern.split(",")).anyMatch(this::matches);
  }

  private boolean matches(String pattern) {
    String name = pattern.strip().replaceFirst("#.*", "").replaceFirst(".*[./]", "");
    return test.matches(name.replace("*", ".*").replace('?', '.'));
  }
}
