package dev.tailrace.smallworld;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Timer;
import dev.tailrace.runtime.Work;
import dev.tailrace.runtime.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * The clock of the store. Its wall clock stands still, so that fences count claims: states that
 * differ in the hour alone are one.
 */
record StoreClock(Simulation simulation) implements Loop {
  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public long nanos() {
    return simulation.nanos();
  }

  @Override
  public Instant wall() {
    return Instant.EPOCH;
  }

  @Override
  public void execute(Runnable turn) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RandomGenerator random() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Work<T> offload(Workers workers, Callable<T> blocking) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void limit(Workers workers) {
    throw new UnsupportedOperationException("no workers here");
  }
}
