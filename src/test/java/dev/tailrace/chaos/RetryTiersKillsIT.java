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
 * Real processes, killed while one message of four fails at first and waits in a tier of retries:
 * nothing is lost on the way there or back, and what is done twice was there twice by a death.
 */
class RetryTiersKillsIT {
  private static final long SEED = Long.getLong("chaos.seed", 20_261_122L);

  @Test
  void deathsLoseNothingOfWhatWaitsForLaterAttempts() throws Exception {
    Random random = new Random(SEED);
    Plan plan =
        new Plan(
            SEED,
            Plan.Mix.KILLS,
            List.of(tiers(Broker.KAFKA, "redis"), tiers(Broker.REDIS, "none")),
            new Plan.Members(
                false,
                false,
                "cooperative-sticky",
                Duration.ofMillis(1_500),
                Duration.ofSeconds(2)),
            3,
            Duration.ofMinutes(8)); // it ends once all have died
    List<FailPoint> points =
        List.of(FailPoint.BEFORE_EFFECT, FailPoint.BEFORE_MARK, FailPoint.BEFORE_COMMIT);
    Fates fates = Fates.some(points, 2, 2, random);

    RoundResult result = new Campaign(Storm.NONE, line -> {}).once(plan, fates);

    assertThat(result.problems()).isEmpty();
    assertThat(fates.exhausted()).as("%s", fates).isTrue();
    assertThat(result.count("kills")).isGreaterThanOrEqualTo(8);
    assertThat(result.count("lost")).isZero();
    assertThat(result.count("repeatedUnattributed")).isZero();
  }

  private static PipelinePlan tiers(Broker broker, String store) {
    return new PipelinePlan(
        broker,
        "unordered",
        store,
        new Work(false, 50, 250, 0, 0, 0, 0),
        new Limits(128, 1_024, 24_000, 1, true),
        6,
        200);
  }
}
