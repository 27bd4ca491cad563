package dev.tailrace.runtime;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A world of simulated loops with one virtual clock, in one thread; several loops stand for several
 * verticles, processes or machines. Not thread-safe.
 *
 * <p>Fixed, as on a real loop: the turns of one loop run in the order of their submission, one at a
 * time; a timer never fires early; at most {@link Workers#limit} calls of one kind run at once, and
 * start in order.
 *
 * <p>Left to {@link Choices}, and to nothing else: which loop runs next where several have a turn;
 * how long a turn takes; which of several timers of the same instant is first; how long a blocking
 * call takes, and how long an interrupted one still goes on.
 *
 * <p>A due timer becomes the last turn of its loop. The clock moves by what turns take, and jumps
 * to the next due time when no loop has a turn. What a turn throws ends the run with a {@link
 * SimulationFailure} that names the seed, unless {@link #reportTo} says otherwise.
 */
public final class Simulation {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private final Choices choices;
  private final SimulationLimits limits;
  private final List<SimulatedLoop> loops = new ArrayList<>(); // without the crashed ones
  private final List<Due> tied = new ArrayList<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private Consumer<Throwable> report = this::fail;
  private Duration wallSkew = Duration.ZERO;
  private int made; // loops
  private long nanos;
  private long steps;
  private long scheduled;
  private long fingerprint = 1;
  private @Nullable SimulatedLoop current;

  /** A world that takes its choices from {@code choices}. */
  public Simulation(Choices choices, SimulationLimits limits) {
    this.choices = choices;
    this.limits = limits;
  }

  /** The world of a seed, with the default limits. */
  public static Simulation seeded(long seed) {
    return new Simulation(Choices.seeded(seed), SimulationLimits.DEFAULT);
  }

  /** Adds a loop; may be called at any time, also in a turn of another loop (a process starts). */
  public SimulatedLoop loop(String name) {
    SimulatedLoop loop = new SimulatedLoop(this, name, made++);
    loops.add(loop);
    return loop;
  }

  /** Nothing of this loop runs any more. */
  void crashed(SimulatedLoop loop) {
    loops.remove(loop);
  }

  /** Runs until no loop has a turn and nothing is due. Never ends with periodic timers. */
  public void run() {
    long last = lastStep();
    while (step()) {
      restless(last);
    }
  }

  /** Runs until {@code time} has passed on the virtual clock, also when nothing is left to do. */
  public void runFor(Duration time) {
    long end = nanos + time.toNanos();
    long last = lastStep();
    while (nanos <= end && step(end)) {
      restless(last);
    }
    nanos = Math.max(nanos, end);
  }

  /**
   * Runs until {@code condition} holds, looking after every step.
   *
   * @throws SimulationFailure where the world comes to rest before
   */
  public void runUntil(BooleanSupplier condition) {
    long last = lastStep();
    while (!condition.getAsBoolean()) {
      if (!step()) {
        throw new SimulationFailure(where() + ": at rest, and the condition does not hold", null);
      }
      restless(last);
    }
  }

  /**
   * Runs until the future has completed, and gives its result.
   *
   * @throws SimulationFailure where it fails, or the world comes to rest before
   */
  public <T> T await(Future<T> future) {
    runUntil(future::isComplete);
    if (future.failed()) {
      throw new SimulationFailure(where() + ": the awaited future failed", future.cause());
    }
    return future.result();
  }

  /** Takes one step: a turn of one loop, or a call of a worker; false where nothing is left. */
  public boolean step() {
    return step(Long.MAX_VALUE);
  }

  private boolean step(long end) {
    if (current != null) {
      throw new IllegalStateException("a turn cannot run the simulation");
    }
    fireDue();
    SimulatedLoop next = nextReady();
    if (next == null) {
      Due first = nextDue();
      if (first == null || first.at > end) {
        return false;
      }
      nanos = first.at;
    } else {
      runTurn(next, next.poll());
    }
    steps++;
    return true;
  }

  /** The loops that have a turn to run, in the order in which they were made. */
  public List<SimulatedLoop> ready() {
    return loops.stream().filter(SimulatedLoop::isReady).toList();
  }

  /** Runs the next turn of {@code loop}: a step for scenarios that choose the loop themselves. */
  public void step(SimulatedLoop loop) {
    runTurn(loop, loop.poll());
    steps++;
  }

  /** Whether something is due at some time to come. */
  public boolean isDue() {
    return nextDue() != null;
  }

  /** When the next thing is due; the end of time where nothing is. */
  public long nextDueNanos() {
    Due first = nextDue();
    return first == null ? Long.MAX_VALUE : first.at;
  }

  /** Drops what will never happen, so that it makes no state differ from another. */
  public void forgetCancelled() {
    due.removeIf(entry -> entry.cancelled);
  }

  /** Drops what would be due on a loop that has crashed. */
  public void forget(SimulatedLoop crashed) {
    due.removeIf(entry -> entry.loop == crashed);
  }

  /** Moves the clock to the next due time, whatever else is ready; what is due becomes turns. */
  public void advance() {
    moveToNextDue();
    fireDue();
  }

  /** As above, but without a choice: what is due at one instant comes as it was scheduled. */
  public void advanceInOrder() {
    moveToNextDue();
    for (Due first = nextDue(); first != null && first.at <= nanos; first = nextDue()) {
      due.remove();
      first.loop.due(first);
    }
  }

  private void moveToNextDue() {
    Due first = nextDue();
    if (first == null) {
      throw new IllegalStateException("nothing is due");
    }
    nanos = Math.max(nanos, first.at);
    steps++;
  }

  /** Whoever runs now keeps its thread for so long: the clock goes on, and nothing else does. */
  public void block(Duration time) {
    nanos += time.toNanos();
  }

  /** The virtual clock. */
  public long nanos() {
    return nanos;
  }

  /** The virtual wall clock; {@link #skewWall} makes it jump. */
  public Instant wall() {
    return EPOCH.plusNanos(nanos).plus(wallSkew);
  }

  /** Makes the wall clock jump, forward or back; the monotonic clock stays. */
  public void skewWall(Duration by) {
    wallSkew = wallSkew.plus(by);
  }

  /** Where all decisions come from; scenarios take theirs from it too, so that a seed is enough. */
  public Choices choices() {
    return choices;
  }

  /** Changes when two runs differ in a turn or its time; equal for equal runs. */
  public long fingerprint() {
    return fingerprint;
  }

  /** How many steps have been taken. */
  public long steps() {
    return steps;
  }

  /** Gives what turns throw to {@code reporter} in place of ending the run. */
  public void reportTo(Consumer<Throwable> reporter) {
    report = reporter;
  }

  /** Seed, steps and clock, for messages. */
  public String where() {
    return "seed " + choices.seed() + ", step " + steps + ", " + nanos / 1_000 + " µs";
  }

  @Nullable SimulatedLoop current() {
    return current;
  }

  void runTurn(SimulatedLoop loop, Runnable turn) {
    current = loop;
    fingerprint = (fingerprint ^ (nanos * 31 + loop.index() + 1)) * 0x9E3779B97F4A7C15L;
    try {
      turn.run();
    } catch (RuntimeException | Error thrown) {
      current = null;
      report.accept(thrown);
    } finally {
      current = null;
    }
    nanos += choices.between(0, limits.turnNanos());
  }

  <T> T look(SimulatedLoop loop, Supplier<T> question) {
    SimulatedLoop before = current;
    current = loop;
    try {
      return question.get();
    } finally {
      current = before;
    }
  }

  /** {@code task} runs outside any turn when {@code delay} has passed; for loops and workers. */
  Due schedule(SimulatedLoop loop, long delay, Runnable task) {
    Due entry = new Due(Math.addExact(nanos, Math.max(0, delay)), scheduled++, loop, task);
    due.add(entry);
    return entry;
  }

  /** What was due while its loop was frozen happens in the next step. */
  void overdue(Due entry) {
    due.add(entry);
  }

  long workNanos(Workers workers) {
    return limits.workers().nanos(workers, choices);
  }

  private void fireDue() {
    for (Due first = nextDue(); first != null && first.at <= nanos; first = nextDue()) {
      due.remove();
      Due other = nextDue();
      if (other != null && other.at == first.at) {
        fireTied(first);
      } else {
        first.loop.due(first);
      }
    }
  }

  /** All that is due at the same instant as the first, in an order by choice. */
  private void fireTied(Due first) {
    tied.clear();
    tied.add(first);
    for (Due next = nextDue(); next != null && next.at == first.at; next = nextDue()) {
      tied.add(due.remove());
    }
    while (!tied.isEmpty()) {
      Due chosen = tied.remove(tied.size() == 1 ? 0 : choices.pick(tied.size()));
      chosen.loop.due(chosen);
    }
  }

  private @Nullable Due nextDue() {
    Due first = due.peek();
    while (first != null && first.cancelled) {
      due.remove();
      first = due.peek();
    }
    return first;
  }

  private @Nullable SimulatedLoop nextReady() {
    SimulatedLoop last = null;
    int ready = 0;
    for (int i = 0; i < loops.size(); i++) {
      SimulatedLoop loop = loops.get(i);
      if (loop.isReady()) {
        last = loop;
        ready++;
      }
    }
    return ready < 2 ? last : readyAfter(choices.pick(ready));
  }

  /** The one before which so many others are ready. */
  private SimulatedLoop readyAfter(int others) {
    int left = others;
    for (SimulatedLoop loop : loops) {
      if (loop.isReady() && left-- == 0) {
        return loop;
      }
    }
    throw new IllegalStateException("no more than " + others + " are ready");
  }

  private long lastStep() {
    return steps + limits.steps();
  }

  private void restless(long last) {
    if (steps >= last) {
      throw new SimulationFailure(where() + ": does not come to rest", null);
    }
  }

  private void fail(Throwable thrown) {
    throw new SimulationFailure(where() + ": a turn threw " + thrown, thrown);
  }

  /** Something that happens at its time. */
  static final class Due implements Comparable<Due> {
    private final long at;
    private final long number;
    private final SimulatedLoop loop;
    private final Runnable task;
    private boolean cancelled;

    private Due(long at, long number, SimulatedLoop loop, Runnable task) {
      this.at = at;
      this.number = number;
      this.loop = loop;
      this.task = task;
    }

    /** Before it happened: it never does. */
    void cancel() {
      cancelled = true;
    }

    void happen() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public int compareTo(Due other) {
      if (at != other.at) {
        return at < other.at ? -1 : 1;
      }
      return Long.compare(number, other.number);
    }
  }
}
