package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.RetryLateness.Measured;
import dev.tailrace.local.SharedServers;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How late messages of a stream run again of which a thousand are due in each second: {@code mvn
 * verify -Pchaos -Dit.test=RetryLatenessCampaign}. From the moment that the handler asked for to
 * the call of the handler, in one process with its Redis beside it.
 */
final class RetryLatenessCampaign {
  private static final int MESSAGES = 40_000;
  private static final Duration FIRST = Duration.ofSeconds(40);
  private static final long MOST_MILLIS = 100;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aThousandDueEachSecondRunWithinAHundredMillisecondsButOneInAHundred() throws Exception {
    Measured measured = new RetryLateness(SharedServers.get(), vertx, MESSAGES, FIRST).play();
    System.out.println("lateness: " + measured);
    ProofResults.merge(
        "retryLateness",
        new JsonObject()
            .put("messages", MESSAGES)
            .put("leastDuePerSecond", 1_000)
            .put("mostMillisLateMedian", measured.percentile(0.5).toMillis())
            .put("mostMillisLateP99", measured.percentile(0.99).toMillis()));

    assertThat(measured.least()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(measured.percentile(0.99).toMillis()).isLessThanOrEqualTo(MOST_MILLIS);
  }
}
