package dev.tailrace.smallworld;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.runtime.Enumeration.Counterexample;
import dev.tailrace.runtime.Enumeration.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The small world in full, as far as {@code -Dchaos.minutes} reaches: what was not enumerated to
 * its end is recorded as cut short, and is not said to be exhausted.
 */
final class SmallWorldCampaign {
  @Test
  void everyWayKeepsEveryPromise() {
    Duration left = CampaignTime.SMALL_WORLD.orElse(Duration.ofMinutes(30));
    int threads = Runtime.getRuntime().availableProcessors();
    long began = System.nanoTime();
    SmallProof proof = new SmallProof();
    Sightings sightings = new Sightings();
    List<String> told = new ArrayList<>();
    for (SmallSetting setting : SmallWorlds.FULL) {
      Duration rest = left.minusNanos(System.nanoTime() - began);
      if (rest.isNegative()) {
        break;
      }
      Findings findings = SmallWorlds.explore(setting, threads, rest, sightings);
      proof.add(setting, findings);
      Counterexample broken = findings.counterexample();
      if (broken != null) {
        told.add(SmallWorlds.tell(setting, broken));
      }
    }
    proof.write();
    assertThat(told).isEmpty();
    for (Sighting sighting : Sighting.values()) {
      assertThat(sightings.of(sighting)).as("%s came up", sighting).isPositive();
    }
  }
}
