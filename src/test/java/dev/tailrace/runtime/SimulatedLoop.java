package dev.tailrace.runtime;

import dev.tailrace.runtime.Simulation.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One loop of a {@link Simulation}. It can be frozen and thawed, as by SIGSTOP and SIGCONT, and
 * crashed, as by SIGKILL; several loops of one simulated process are frozen or crashed one by one.
 */
public final class SimulatedLoop implements Loop {
  private final Simulation simulation;
  private final String name;
  private final int index;
  private final RandomGenerator random;
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private final ArrayDeque<Due> held = new ArrayDeque<>();
  private final Map<String, SimulatedWorkers> workers = new HashMap<>();
  private boolean frozen;
  private boolean crashed;

  SimulatedLoop(Simulation simulation, String name, int index) {
    this.simulation = simulation;
    this.name = name;
    this.index = index;
    this.random = simulation.choices().dice(index);
  }

  /** From now on nothing of this loop runs; its clock goes on, and what falls due is kept. */
  public void freeze() {
    frozen = true;
  }

  /** Goes on where it was frozen; what fell due meanwhile comes after the turns that waited. */
  public void thaw() {
    frozen = false;
    held.forEach(simulation::overdue);
    held.clear();
  }

  /** Nothing of this loop runs any more; what it is given is forgotten. */
  public void crash() {
    crashed = true;
    turns.clear();
    held.clear();
    simulation.crashed(this);
  }

  /** Whether it has crashed. */
  public boolean isCrashed() {
    return crashed;
  }

  /**
   * Runs {@code turn} now, as a turn of this loop, before those that wait: a test's way to act on
   * the loop between two runs. Not in a turn.
   */
  public void turn(Runnable turn) {
    if (simulation.current() != null) {
      throw new IllegalStateException("turns do not nest");
    }
    simulation.runTurn(this, turn);
  }

  /** As {@link #turn}, and gives back what the turn returns. */
  public <T> T call(Supplier<T> turn) {
    List<T> result = new ArrayList<>(1);
    turn(() -> result.add(turn.get()));
    return result.get(0);
  }

  /**
   * Runs {@code turn} as a turn of this loop, {@code nanos} from now: what another machine or
   * thread sends it arrives so. May be called from anywhere, unlike {@link #after}.
   */
  public void later(long nanos, Runnable turn) {
    if (!crashed) {
      simulation.schedule(this, nanos, () -> execute(turn));
    }
  }

  /** Asks something of this loop's state between two turns; takes no time, and changes nothing. */
  public <T> T look(Supplier<T> question) {
    return simulation.look(this, question);
  }

  @Override
  public void execute(Runnable turn) {
    if (!crashed) {
      turns.add(turn);
    }
  }

  @Override
  public boolean inLoop() {
    return simulation.current() == this;
  }

  @Override
  public long nanos() {
    return simulation.nanos();
  }

  @Override
  public Instant wall() {
    return simulation.wall();
  }

  @Override
  public RandomGenerator random() {
    assert inLoop();
    return random;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    assert inLoop();
    SimulatedTimer timer = new SimulatedTimer(task);
    if (delay.isZero() || delay.isNegative()) {
      execute(timer);
    } else {
      timer.entry = simulation.schedule(this, delay.toNanos(), () -> execute(timer));
    }
    return timer;
  }

  @Override
  public <T> Work<T> offload(Workers kind, Callable<T> blocking) {
    assert inLoop();
    return set(kind).submit(blocking);
  }

  @Override
  public void limit(Workers kind) {
    assert inLoop();
    set(kind).limit(kind.limit());
  }

  private SimulatedWorkers set(Workers kind) {
    return workers.computeIfAbsent(
        kind.name(), name -> new SimulatedWorkers(simulation, this, kind));
  }

  @Override
  public String toString() {
    return name;
  }

  int index() {
    return index;
  }

  /** Whether it has a turn to run, and can. */
  public boolean isReady() {
    return !frozen && !crashed && !turns.isEmpty();
  }

  Runnable poll() {
    Runnable turn = turns.poll();
    if (turn == null) {
      throw new NoSuchElementException(name + " has no turn");
    }
    return turn;
  }

  void due(Due entry) {
    if (crashed) {
      return;
    }
    if (frozen) {
      held.add(entry);
    } else {
      entry.happen();
    }
  }

  private static final class SimulatedTimer implements Timer, Runnable {
    private @Nullable Runnable task;
    private @Nullable Due entry;

    SimulatedTimer(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      Runnable waiting = task;
      task = null;
      if (waiting != null) {
        waiting.run();
      }
    }

    @Override
    public boolean cancel() {
      boolean waiting = task != null;
      task = null;
      if (waiting && entry != null) {
        entry.cancel();
      }
      return waiting;
    }
  }
}
