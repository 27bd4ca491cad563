package dev.tailrace.bench.micro;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.runtime.Work;
import dev.tailrace.runtime.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/** A loop whose turns the benchmark runs itself, on its one thread; its timers never come up. */
final class QueuedLoop implements Loop {
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private final RandomGenerator random = new SplittableRandom(1);

  /** Runs turns until there are none. */
  void drain() {
    for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
      turn.run();
    }
  }

  @Override
  public void execute(Runnable turn) {
    turns.add(turn);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant wall() {
    return Instant.now();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return () -> true;
  }

  @Override
  public <T> Work<T> offload(Workers workers, Callable<T> blocking) {
    throw new UnsupportedOperationException("no workers here");
  }

  @Override
  public void limit(Workers workers) {
    throw new UnsupportedOperationException("no workers here");
  }
}
