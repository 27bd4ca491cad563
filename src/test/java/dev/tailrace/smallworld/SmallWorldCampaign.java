package dev.tailrace.smallworld;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.runtime.Enumeration.Counterexample;
import dev.tailrace.runtime.Enumeration.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The small world in full, as far as {@code -Dchaos.minutes} reaches: what was not enumerated to
 * its end is recorded as cut short, and is not said to be exhausted; what never came up fails the
 * campaign only where all of {@link SmallWorlds#FULL} was enumerated. {@code -Dsmall.world=NAME}
 * enumerates one world alone.
 */
final class SmallWorldCampaign {
  private static final int FREE_RUNS = 2_000; // of each world
  private static final String ONLY = System.getProperty("small.world", "");
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private final SmallProof proof = new SmallProof();
  private final Sightings sightings = new Sightings();
  private final List<String> told = new ArrayList<>();

  @Test
  void everyWayKeepsEveryPromise() {
    long end =
        System.nanoTime() + CampaignTime.SMALL_WORLD.orElse(Duration.ofMinutes(40)).toNanos();
    if (!ONLY.isEmpty()) {
      explore(SmallWorlds.named(ONLY), left(end));
      proof.write();
      assertThat(told).isEmpty();
      return;
    }
    boolean whole = true;
    for (SmallSetting setting : SmallWorlds.FULL) {
      whole &= explore(setting, left(end).multipliedBy(9).dividedBy(10));
    }
    int after = SmallWorlds.BEYOND.size();
    for (SmallSetting setting : SmallWorlds.BEYOND) {
      explore(setting, left(end).dividedBy(after--));
    }
    proof.write();
    assertThat(told).isEmpty();
    List<Sighting> missing =
        Arrays.stream(Sighting.values()).filter(sighting -> sightings.of(sighting) == 0).toList();
    System.out.println("small world: never came up: " + missing);
    if (whole) {
      assertThat(missing).as("what never came up").isEmpty();
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** Whether it was enumerated to its end; where there is no time, it is not begun. */
  private boolean explore(SmallSetting setting, Duration time) {
    if (time.isZero()) {
      return false;
    }
    Findings findings = SmallWorlds.explore(setting, THREADS, time, sightings);
    boolean exhausted = findings.exhausted();
    proof.add(
        setting,
        findings,
        exhausted ? SmallWorlds.runFreely(setting, findings, FREE_RUNS, SEED) : 0);
    Counterexample broken = findings.counterexample();
    if (broken != null) {
      told.add(SmallWorlds.tell(setting, broken));
    }
    return exhausted;
  }
}
