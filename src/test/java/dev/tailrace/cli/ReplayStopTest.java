package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.lifecycle.Trigger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayStopTest {
  private final List<Runnable> turns = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
  private final ReplayStop stop = new ReplayStop(turns::add, () -> ends.add("end"));

  @Test
  void theFirstSignalOnlyAsksTheLoop() {
    Signals signals = new Signals(System::nanoTime, stop);
    signals.arrived(Trigger.Kind.SIGINT);
    assertThat(turns).hasSize(1);
    assertThat(ends).isEmpty();
    turns.get(0).run();
    assertThat(ends).isEmpty();
  }

  @Test
  void theSecondSignalEndsTheProcessAndAsksNobody() {
    stop.force("SIGINT");
    stop.halt("SIGTERM");
    assertThat(ends).containsExactly("end", "end");
    assertThat(turns).isEmpty();
  }
}
