package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A drain that would not fit its deadline any more is told, once, and again after it has fitted.
 */
final class DrainWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("control");
  private final RecordedEvents events = new RecordedEvents();
  private Optional<Duration> predicted = Optional.of(Duration.ofSeconds(1));
  private boolean running = true;
  private int asked;

  @Test
  void whatFitsIsNoAlarmAndWhatIsUnknownNeither() {
    begin();
    predicted = Optional.empty();
    look();
    predicted = Optional.of(LIMIT);
    look();

    assertThat(alarms()).isZero();
  }

  @Test
  void aDeadlineThatIsTooShortIsToldOnceUntilItFitsAgain() {
    begin();
    predicted = Optional.of(Duration.ofSeconds(31));
    look();
    look();

    assertThat(events.told())
        .containsExactly(
            "alarm drain_too_long a drain would take 31000 ms by now, and has 20000 ms for its"
                + " work");

    predicted = Optional.of(Duration.ofSeconds(2));
    look();
    predicted = Optional.of(Duration.ofSeconds(40));
    look();

    assertThat(alarms()).isEqualTo(2);
  }

  @Test
  void itLooksNoMoreWhenThePoolStops() {
    begin();
    running = false;
    look();
    int then = asked;
    look();

    assertThat(asked).isEqualTo(then);
  }

  private void begin() {
    loop.turn(
        () ->
            new DrainWatch(loop, () -> LIMIT, events)
                .run(
                    () -> {
                      asked++;
                      return Future.succeededFuture(new DrainForecast("orders", predicted));
                    },
                    () -> running));
  }

  private void look() {
    world.runFor(DrainWatch.LOOK.plusMillis(1));
  }

  private long alarms() {
    return events.count("alarm drain_too_long");
  }
}
