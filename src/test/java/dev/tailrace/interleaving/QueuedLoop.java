package dev.tailrace.interleaving;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.runtime.Work;
import dev.tailrace.runtime.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A loop whose turns are run by the test, on the one thread that it lets be the loop's. Time goes
 * on by {@link #pass} alone.
 */
public final class QueuedLoop implements Loop {
  private final long began = System.nanoTime();
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>(); // guarded by this
  private final List<Due> timers = new ArrayList<>(); // the loop's thread only
  private long passed; // the loop's thread only
  private long taken; // the loop's thread only

  private record Due(long at, Runnable task) {}

  @Override
  public synchronized void execute(Runnable turn) {
    turns.add(turn);
  }

  private synchronized @Nullable Runnable next() {
    return turns.poll();
  }

  /** Runs turns until there are none. */
  public void drain() {
    for (Runnable turn = next(); turn != null; turn = next()) {
      taken++;
      turn.run();
    }
  }

  /** How many turns have been run so far. */
  public long turns() {
    return taken;
  }

  /** Lets time pass, with the timers that come up in it. */
  public void pass(Duration time) {
    long until = passed + time.toNanos();
    drain();
    for (Optional<Due> due = due(until); due.isPresent(); due = due(until)) {
      timers.remove(due.get());
      passed = Math.max(passed, due.get().at());
      due.get().task().run();
      drain();
    }
    passed = until;
  }

  private Optional<Due> due(long until) {
    return timers.stream()
        .filter(timer -> timer.at() <= until)
        .min(Comparator.comparingLong(Due::at));
  }

  /** Always: which thread is the loop's is what the test sees to. */
  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public long nanos() {
    return began + passed;
  }

  @Override
  public Instant wall() {
    return Instant.EPOCH;
  }

  @Override
  public RandomGenerator random() {
    return new SplittableRandom(1);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    Due due = new Due(passed + delay.toNanos(), task);
    timers.add(due);
    return () -> timers.remove(due);
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
