package dev.tailrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.chaos.PipelinePlan.Broker;
import dev.tailrace.chaos.PipelinePlan.Limits;
import dev.tailrace.chaos.PipelinePlan.Work;
import dev.tailrace.runtime.FailPoint;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Real processes under load, killed at every fail point once and five times at random: nothing is
 * lost, what is repeated belongs to a window, no commit is dishonest, and every report is true.
 */
class KillsIT {
  private static final long SEED = Long.getLong("chaos.seed", 20_261_121L);
  private static final int AT_RANDOM = 5;

  @Test
  void twentyDeathsLoseNothingAndRepeatNothingWithoutCause() throws Exception {
    Random random = new Random(SEED);
    Plan plan =
        new Plan(
            SEED,
            Plan.Mix.KILLS,
            List.of(
                new PipelinePlan(
                    Broker.KAFKA,
                    "key",
                    "redis",
                    Work.quick(),
                    new Limits(128, 1_024, 24_000, 1),
                    6,
                    600),
                new PipelinePlan(
                    Broker.REDIS,
                    "unordered",
                    "none",
                    Work.quick(),
                    new Limits(128, 1_024, 24_000, 1),
                    1,
                    400)),
            new Plan.Members(
                false,
                false,
                "cooperative-sticky",
                Duration.ofMillis(1_500),
                Duration.ofSeconds(2)),
            3,
            Duration.ofMinutes(8)); // it ends once all have died
    Fates fates = Fates.each(AT_RANDOM, random);

    RoundResult result = new Campaign(Storm.NONE, line -> {}).once(plan, fates);

    assertThat(result.problems()).isEmpty();
    assertThat(fates.exhausted()).as("%s", fates).isTrue();
    for (FailPoint point : FailPoint.values()) {
      assertThat(result.table("faults")).containsKey("SIGKILL " + point.label());
    }
    assertThat(result.count("kills")).isGreaterThanOrEqualTo(AT_RANDOM + FailPoint.values().length);
    assertThat(result.count("repeated"))
        .as("a death repeats something without a store")
        .isPositive();
  }
}
