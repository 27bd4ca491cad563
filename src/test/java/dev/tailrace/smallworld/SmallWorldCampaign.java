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
 * campaign only where all was enumerated.
 */
final class SmallWorldCampaign {
  private static final int FREE_RUNS = 5_000; // of each world
  private static final long SEED = Long.getLong("chaos.seed", 1);

  @Test
  void everyWayKeepsEveryPromise() {
    Duration left = CampaignTime.SMALL_WORLD.orElse(Duration.ofMinutes(30));
    int threads = Runtime.getRuntime().availableProcessors();
    long began = System.nanoTime();
    SmallProof proof = new SmallProof();
    Sightings sightings = new Sightings();
    List<String> told = new ArrayList<>();
    boolean whole = true;
    for (SmallSetting setting : SmallWorlds.FULL) {
      Duration rest = left.minusNanos(System.nanoTime() - began);
      if (rest.isNegative()) {
        whole = false;
        break;
      }
      // The first is the one that has to end; what one leaves of its share is for those after it.
      Duration share = rest.dividedBy(2);
      Findings findings = SmallWorlds.explore(setting, threads, share, sightings);
      whole &= findings.exhausted();
      boolean exhausted = findings.exhausted();
      proof.add(
          setting,
          findings,
          exhausted ? SmallWorlds.runFreely(setting, findings, FREE_RUNS, SEED) : 0);
      Counterexample broken = findings.counterexample();
      if (broken != null) {
        told.add(SmallWorlds.tell(setting, broken));
      }
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
}
