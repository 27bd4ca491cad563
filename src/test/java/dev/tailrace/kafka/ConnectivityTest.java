package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.SourceEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectivityTest {
  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final List<String> alarms = new ArrayList<>();
  private final Connectivity connectivity =
      new Connectivity(
          new SourceEnvironment("orders", "instance", 0, loop, new Heard()), "orders", "none yet");

  @Test
  void anOutageIsOneAlarmUntilTheBrokerAnswersAgain() {
    connectivity.down(Alarm.UNREACHABLE, "away");
    connectivity.down(Alarm.UNREACHABLE, "still away");
    assertThat(alarms).containsExactly("unreachable away");
    assertThat(connectivity.error()).isEqualTo("still away");

    connectivity.up();
    assertThat(connectivity.connected()).isTrue();
    connectivity.down(Alarm.UNREACHABLE, "away again");
    assertThat(alarms).hasSize(2);
  }

  @Test
  void aBrokerThatRefusesOneThingIsNotWellBecauseItAnswersAnother() {
    connectivity.up();
    for (int second = 0; second < 30; second += 5) {
      connectivity.down(Alarm.REFUSED, "READ of topic 'orders'");
      connectivity.up();
      assertThat(connectivity.connected()).isFalse();
      simulation.runFor(Duration.ofSeconds(5));
    }
    assertThat(alarms).containsExactly("refused READ of topic 'orders'");

    simulation.runFor(Duration.ofSeconds(10));
    connectivity.up();
    assertThat(connectivity.connected()).as("it refuses nothing any more").isTrue();
    assertThat(connectivity.error()).isNull();
  }

  @Test
  void anOutageThatTurnsIntoARefusalIsToldAsSuch() {
    connectivity.down(Alarm.UNREACHABLE, "away");
    connectivity.down(Alarm.REFUSED, "the password");

    assertThat(alarms).containsExactly("unreachable away", "refused the password");
  }

  private final class Heard implements PoolEvents {
    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      alarms.add(kind.label() + " " + detail);
    }
  }
}
