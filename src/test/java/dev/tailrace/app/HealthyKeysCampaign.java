package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.HealthyKeys.Round;
import dev.tailrace.app.HealthyKeys.Way;
import dev.tailrace.local.SharedServers;
import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the messages of healthy keys keep of their throughput while three keys of ten always fail,
 * beyond the ceiling of parked retries: {@code mvn verify -Pchaos -Dit.test=HealthyKeysCampaign
 * [-Dchaos.minutes=N] [-Dchaos.seed=S]}. Rounds of all ways take turns, with the same load and the
 * same handlers, which take 5 to 20 ms each without a thread; a quarter of what the pool is able to
 * do with all keys healthy is offered, since each message of a failing key is tried up to five
 * times. {@code pause} is there to compare with: it slows all keys down by choice.
 */
final class HealthyKeysCampaign {
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis() / 1_000);
  private static final Duration ROUND = Duration.ofSeconds(20);
  private static final int LEAST_PERCENT = 90;

  private final Vertx vertx = Vertx.vertx();
  private final HealthyKeys keys = new HealthyKeys(vertx, SharedServers.get().kafka(), SEED);
  private final Map<Way, List<Round>> rounds = new EnumMap<>(Way.class);

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void theMessagesOfHealthyKeysKeepTheirThroughputWhileOthersOverflow() throws Exception {
    int capacity = keys.capacity();
    int offered = capacity / 4;
    tell("%d messages a second with all keys healthy, %d offered".formatted(capacity, offered));
    Duration time = CampaignTime.HEALTHY_KEYS.orElse(ROUND.multipliedBy(3L * Way.values().length));
    long turns = Math.max(1, time.dividedBy(ROUND.multipliedBy(Way.values().length)));
    for (int turn = 0; turn < turns; turn++) {
      for (Way way : Way.values()) {
        Round round = keys.play(way, offered, ROUND);
        rounds.computeIfAbsent(way, first -> new ArrayList<>()).add(round);
        tell(way + ": " + round);
      }
    }
    JsonObject rows = new JsonObject();
    for (Way way : Way.values()) {
      rows.put(way.label(), row(way));
    }
    ProofResults.merge(
        "healthyKeys",
        new JsonObject()
            .put("seeds", new JsonArray().add(SEED))
            .put("leastMessagesPerSecondWithAllKeysHealthy", capacity)
            .put("leastOfferedPerSecond", offered)
            .put("ways", rows));

    for (Way way : List.of(Way.DEAD_LETTER, Way.MOVE)) {
      assertThat(percent(way)).as(rows.encode()).isGreaterThanOrEqualTo(LEAST_PERCENT);
      assertThat(rounds.get(way)).as("what overflowed").allMatch(round -> round.overflowed() > 0);
    }
  }

  /**
   * Of the healthy keys' throughput where all keys are healthy, in the rounds of the same turns.
   */
  private long percent(Way way) {
    return Math.round(100.0 * healthy(way) / healthy(Way.ALL_HEALTHY));
  }

  private long healthy(Way way) {
    return rounds.getOrDefault(way, List.of()).stream().mapToLong(Round::healthyDone).sum();
  }

  private JsonObject row(Way way) {
    List<Round> played = rounds.getOrDefault(way, List.of());
    long millis = played.stream().mapToLong(round -> round.time().toMillis()).sum();
    return new JsonObject()
        .put("rounds", played.size())
        .put("healthyPerSecond", 1_000 * healthy(way) / Math.max(1, millis))
        .put("leastPercentOfHealthy", percent(way))
        .put("mostMillisMedian", played.stream().mapToLong(Round::medianMillis).max().orElse(0))
        .put("calls", played.stream().mapToLong(Round::calls).sum())
        .put("overflowed", played.stream().mapToLong(Round::overflowed).sum());
  }

  private static void tell(String line) {
    System.out.println("keys: " + line);
  }
}
