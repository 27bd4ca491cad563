package dev.tailrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Kills, stops and freezes of real processes for minutes: {@code mvn verify -Pchaos
 * -Dit.test=KillsCampaign [-Dchaos.minutes=N] [-Dchaos.seed=S]}. Rounds add up in the results.
 */
class KillsCampaign {
  private static final Duration TIME = CampaignTime.KILLS.orElse(Duration.ofMinutes(10));
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);
  private static final Duration LOAD = Duration.ofSeconds(Long.getLong("chaos.load", 45));

  @Test
  void deathsLoseNothingAndRepeatNothingWithoutCause() throws Exception {
    Campaign campaign =
        new Campaign(
            new Storm(List.of(() -> new JoinAndLeave(1))),
            KillsCampaign::tell,
            round -> ProofResults.merge("kills", round));

    RoundResult result = campaign.run(TIME, LOAD, SEED);

    result.table("faults").forEach((fault, times) -> tell(fault + ": " + times));
    tell("exit codes: " + result.table("exitCodes"));
    tell("repeated: " + result.table("repeatedByWindow"));
    tell("repeated: " + result.table("repeatedByStore"));
    assertThat(campaign.failedSeeds()).as("seeds of failed rounds").isEmpty();
    assertThat(result.count("kills")).isPositive();
    assertThat(result.count("messages")).isPositive();
  }

  private static void tell(String line) {
    System.out.println("kills: " + line);
  }
}
