package dev.tailrace.redis.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.Suspicion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class EntrySuspicionTest {
  private static final int UNDER_WAY = 3;
  private static final DeliveryCount NEW = DeliveryCount.of(1);
  private static final DeliveryCount LEFT_BEHIND = DeliveryCount.of(3);
  private static final Duration MORE = Suspicion.LEAST.plusMillis(1);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final EntrySuspicion suspicion = new EntrySuspicion(loop, UNDER_WAY);

  @Test
  void whatTwoProcessesLeftBehindIsSuspectedAndNothingElse() {
    come(NEW);
    come(DeliveryCount.of(2));
    come(LEFT_BEHIND);

    assertThat(suspicion.covers(LEFT_BEHIND)).isTrue();
    assertThat(suspicion.covers(DeliveryCount.of(2))).isFalse();
    assertThat(suspicion.covers(NEW)).isFalse();
  }

  @Test
  void itIsOverAfterAWhileOnceAsManyHaveEndedAsMayHaveBeenUnderWay() {
    come(LEFT_BEHIND);
    end(UNDER_WAY - 1);
    simulation.runFor(MORE);
    assertThat(suspicion.covers(LEFT_BEHIND)).as("one of those that were under way").isTrue();

    end(1);

    assertThat(suspicion.covers(LEFT_BEHIND)).isFalse();
  }

  @Test
  void manyQuickOnesDoNotEndItSooner() {
    come(LEFT_BEHIND);
    end(10 * UNDER_WAY);

    simulation.runFor(Suspicion.LEAST.minusMillis(1));
    assertThat(suspicion.covers(LEFT_BEHIND)).isTrue();

    simulation.runFor(Duration.ofMillis(1));
    assertThat(suspicion.covers(LEFT_BEHIND)).isFalse();
  }

  @Test
  void whatEndedItsProcessAloneIsSuspectedForEver() {
    DeliveryCount alone = LEFT_BEHIND.started();
    come(alone);
    end(UNDER_WAY);

    simulation.runFor(MORE.multipliedBy(100));

    assertThat(suspicion.covers(alone)).isTrue();
  }

  @Test
  void theRestOfABacklogDoesNotBeginItAnewAndALaterDeathDoes() {
    come(LEFT_BEHIND);
    end(UNDER_WAY);
    for (int i = 0; i < 100; i++) {
      simulation.runFor(Duration.ofSeconds(1));
      come(LEFT_BEHIND);
    }
    assertThat(suspicion.covers(LEFT_BEHIND)).isFalse();

    simulation.runFor(MORE);
    come(LEFT_BEHIND);

    assertThat(suspicion.covers(LEFT_BEHIND)).isTrue();
  }

  private void come(DeliveryCount count) {
    loop.turn(() -> suspicion.came(count));
  }

  private void end(int times) {
    for (int i = 0; i < times; i++) {
      loop.turn(suspicion::finished);
    }
  }
}
