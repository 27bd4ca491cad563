package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.RetryLateness.Measured;
import dev.tailrace.local.SharedServers;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that are put off come back one after the other as they are due, none of them early. */
final class RetryLatenessIT {
  private static final int MESSAGES = 4_000;
  private static final Duration FIRST = Duration.ofSeconds(5);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void ofAThousandDueEachSecondNoneIsEarlyAndTheLastIsNoLaterThanTheOthers() throws Exception {
    Measured measured = new RetryLateness(SharedServers.get(), vertx, MESSAGES, FIRST).play();

    System.out.println("lateness: " + measured);
    assertThat(measured.sorted()).hasSize(MESSAGES);
    assertThat(measured.least()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(measured.percentile(0.99))
        .as("within twice the time in which they are due, on a busy machine too: %s", measured)
        .isLessThan(Duration.ofMillis(2 * MESSAGES));
  }
}
