package dev.tailrace.smallworld;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.Enumeration.Counterexample;
import dev.tailrace.runtime.Enumeration.Findings;
import dev.tailrace.runtime.ReplayedChoices;
import dev.tailrace.smallworld.SmallSetting.Effects;
import dev.tailrace.smallworld.SmallSetting.Grain;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Two instances, one partition, three messages: in every way in which a crash, a rebalance and lost
 * answers can come together, every promise holds after every step. {@link SmallWorlds#QUICK} says
 * how finely; finer ones are for {@link SmallWorldCampaign}.
 */
final class SmallWorldTest {
  private static final int THREADS = 2;
  private static final int FREE_RUNS = 200; // of each world
  private static final Duration MOST = Duration.ofMinutes(15);

  @Test
  void everyWayKeepsEveryPromise() {
    Sightings sightings = new Sightings();
    SmallProof proof = new SmallProof();
    for (SmallSetting setting : SmallWorlds.QUICK) {
      Findings findings = SmallWorlds.explore(setting, THREADS, MOST, sightings);
      Counterexample broken = findings.counterexample();
      if (broken != null) {
        throw new AssertionError(SmallWorlds.tell(setting, broken), broken.failure());
      }
      assertThat(findings.exhausted()).as("%s is exhausted", setting).isTrue();
      proof.add(setting, findings, SmallWorlds.runFreely(setting, findings, FREE_RUNS, 1));
    }
    proof.write();
    for (Sighting sighting : EnumSet.complementOf(EnumSet.of(Sighting.CLAIM_PASSED_ON))) {
      assertThat(sightings.of(sighting)).as("%s came up", sighting).isPositive();
    }
  }

  /** A run that failed once, by the command that was printed with it. */
  @Test
  void aRunThatIsGivenKeepsItsPromises() {
    String picks = System.getProperty("small.picks", "");
    String world = System.getProperty("small.world", SmallWorlds.QUICK.get(0).toString());
    SmallSetting setting = SmallWorlds.named(world);
    List<Integer> list =
        picks.isEmpty()
            ? List.of()
            : Arrays.stream(picks.split(",")).map(Integer::valueOf).toList();

    assertThat(SmallWorlds.run(setting, ReplayedChoices.enumerated(list))).isNull();
  }

  /** Without a store a crash repeats effects; a witness who expects grade B must say so. */
  @Test
  void aBrokenPromiseIsFoundAndToldInItsSmallestForm() {
    SmallSetting setting = new SmallSetting(Effects.TOO_MUCH, Grain.EXCHANGE, SmallBudget.of(1, 0));

    Findings findings = SmallWorlds.explore(setting, THREADS, MOST, new Sightings());

    assertThat(findings.exhausted()).isFalse();
    String told = SmallWorlds.tell(setting, Objects.requireNonNull(findings.counterexample()));
    assertThat(told)
        .contains("breaks P2: orders/0@0 has two effects of one claim")
        .contains("FINISH left #0, CRASH left, EXPIRE, ASSIGN, POLL right, FINISH right #0]")
        .contains("-Dsmall.picks=0,0,0,0,1");
  }
}
