package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.lifecycle.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalsTest {
  private final List<String> wishes = new ArrayList<>();
  private long now = Long.MAX_VALUE - 5; // the clock may overflow between two signals

  private final Signals signals =
      new Signals(
          () -> now,
          new Signals.Wishes() {
            @Override
            public void drain(Trigger trigger) {
              wishes.add("drain " + trigger.kind());
            }

            @Override
            public void force(String by) {
              wishes.add("force " + by);
            }

            @Override
            public void halt(String by) {
              wishes.add("halt " + by);
            }
          });

  @Test
  void theFirstDrainsTheSecondForcesAndTheThirdHalts() {
    signals.arrived(Trigger.Kind.SIGTERM);
    pass(1_000);
    signals.arrived(Trigger.Kind.SIGINT);
    pass(1);
    signals.arrived(Trigger.Kind.SIGTERM);

    assertThat(wishes).containsExactly("drain SIGTERM", "force SIGINT", "halt SIGTERM");
  }

  @Test
  void thoseWithinASecondOfTheFirstAreOneWithIt() {
    signals.arrived(Trigger.Kind.SIGINT);
    pass(500);
    signals.arrived(Trigger.Kind.SIGTERM);
    pass(499);
    signals.arrived(Trigger.Kind.SIGINT);

    assertThat(wishes).containsExactly("drain SIGINT");
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
