package dev.tailrace.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The simulated loop keeps the contract of all loops. */
final class SimulatedLoopTest extends LoopContract {
  private final List<Throwable> reported = new ArrayList<>();
  private final Simulation simulation =
      new Simulation(Choices.seeded(7), new SimulationLimits(20_000, this::time, 100_000));
  private final SimulatedLoop loop = simulation.loop("loop");

  SimulatedLoopTest() {
    simulation.reportTo(reported::add);
  }

  private long time(Workers workers, Choices choices) {
    return workers.equals(ENDLESS) ? WorkerTimes.FOREVER : choices.between(0, 1_000_000);
  }

  @Override
  Loop loop() {
    return loop;
  }

  @Override
  <T> T turn(Function<Loop, T> turn) {
    return loop.call(() -> turn.apply(loop));
  }

  @Override
  void until(BooleanSupplier condition) {
    simulation.runUntil(condition);
  }

  @Override
  List<Throwable> reported() {
    return reported;
  }
}
