package dev.tailrace.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a world once for every sequence of choices that it can ask for, depth first, from its start
 * each time; and follows a state only once.
 *
 * <p>The search is that of stateless model checking: a run is a list of choices, and going back is
 * running again (P. Godefroid, "Model Checking for Programming Languages using VeriSoft", POPL
 * 1997). Where the world names its state by {@link Choices#isExplored}, it stops at states that
 * were met before, as explicit-state checkers of real code do (M. Musuvathi et al., "CMC: A
 * Pragmatic Approach to Model Checking Real Code", OSDI 2002). That is sound as long as equal
 * fingerprints mean equal futures and equal verdicts; it does not look for runs that go in circles.
 *
 * <p>Several threads share the work: each takes the prefix that was put off last, follows it to its
 * end, and puts off the other ways at each choice on the way. How many states there are does not
 * depend on that.
 */
public final class Enumeration {
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private final EnumerationLimits limits;
  private final Consumer<Findings> progress;
  private final StateSet states = new StateSet();
  private final ArrayDeque<byte[]> putOff = new ArrayDeque<>(); // guarded by this
  private int running; // guarded by this
  private boolean stopped; // guarded by this
  private @Nullable Counterexample counterexample; // guarded by this
  private final AtomicLong runs = new AtomicLong();
  private final AtomicLong transitions = new AtomicLong();

  /**
   * The bounds of an enumeration.
   *
   * @param threads how many worlds run at once, at least 1
   * @param states beyond so many it stops, and nothing is exhausted
   * @param time after so long it stops, and nothing is exhausted
   */
  public record EnumerationLimits(int threads, long states, Duration time) {}

  /**
   * A run that broke something.
   *
   * @param picks repeat it, by {@link ReplayedChoices#enumerated}
   * @param failure what it threw
   */
  public record Counterexample(List<Integer> picks, Throwable failure) {}

  /**
   * What came of an enumeration.
   *
   * @param states different states met
   * @param transitions choices followed from one state to the next
   * @param runs how often the world was started
   * @param exhausted whether no way was left out
   * @param counterexample the first run that failed, which ends the enumeration; or null
   * @param met whether a state was met, to look whether other runs meet more
   */
  public record Findings(
      long states,
      long transitions,
      long runs,
      boolean exhausted,
      @Nullable Counterexample counterexample,
      Predicate<Fingerprint> met) {}

  private Enumeration(EnumerationLimits limits, Consumer<Findings> progress) {
    this.limits = limits;
    this.progress = progress;
  }

  /**
   * Enumerates a world.
   *
   * @param world runs once by the choices it is given; called from several threads at once, each
   *     call by itself
   */
  public static Findings explore(EnumerationLimits limits, Consumer<Choices> world) {
    return explore(limits, world, soFar -> {});
  }

  /**
   * As above.
   *
   * @param progress told every ten seconds what came of it so far
   */
  public static Findings explore(
      EnumerationLimits limits, Consumer<Choices> world, Consumer<Findings> progress) {
    return new Enumeration(limits, progress).explore(world);
  }

  private Findings explore(Consumer<Choices> world) {
    putOff.push(new byte[0]);
    long end = System.nanoTime() + limits.time().toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < limits.threads(); i++) {
      Thread thread = new Thread(() -> work(world, end), "enumeration-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      while (!join(thread)) {
        progress.accept(findings());
      }
    }
    return findings();
  }

  private synchronized Findings findings() {
    boolean exhausted = !stopped && counterexample == null && putOff.isEmpty() && running == 0;
    return new Findings(
        states.size(), transitions.get(), runs.get(), exhausted, counterexample, states::contains);
  }

  /** Whether it has ended, after {@link #PROGRESS} at most. */
  private static boolean join(Thread thread) {
    try {
      thread.join(PROGRESS.toMillis());
      return !thread.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void work(Consumer<Choices> world, long end) {
    for (byte[] prefix = take(); prefix != null; prefix = take()) {
      Path path = new Path(prefix);
      Throwable failure = null;
      try {
        world.accept(path);
      } catch (Exception | Error thrown) { // whatever a world throws is its verdict
        failure = thrown;
      }
      runs.incrementAndGet();
      ended(path, failure, System.nanoTime() - end > 0 || states.size() > limits.states());
    }
  }

  private synchronized byte @Nullable [] take() {
    while (putOff.isEmpty() && running > 0 && !stopped) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        stopped = true;
      }
    }
    if (putOff.isEmpty() || stopped) {
      notifyAll();
      return null;
    }
    running++;
    return putOff.pop();
  }

  private synchronized void ended(Path path, @Nullable Throwable failure, boolean enough) {
    running--;
    if (failure != null && counterexample == null) {
      counterexample = new Counterexample(path.picks(), failure);
      stopped = true;
    }
    path.putOff.forEach(putOff::push);
    stopped |= enough && !(putOff.isEmpty() && running == 0);
    notifyAll();
  }

  /** The choices of one run: its prefix, then always the first, with the others put off. */
  private final class Path implements Choices {
    private final int prefix;
    private final List<byte[]> putOff = new ArrayList<>();
    private byte[] picks;
    private int length; // of what is known of picks
    private int next;

    Path(byte[] prefix) {
      this.prefix = prefix.length;
      this.picks = prefix;
      this.length = prefix.length;
    }

    List<Integer> picks() {
      List<Integer> list = new ArrayList<>(next);
      for (int i = 0; i < next; i++) {
        list.add((int) picks[i]);
      }
      return list;
    }

    @Override
    public int pick(int bound) {
      if (bound > Byte.MAX_VALUE) {
        throw new IllegalArgumentException("a choice of " + bound + " is no small world");
      }
      if (next == length) {
        append(bound);
      }
      return picks[next++];
    }

    private void append(int bound) {
      if (length == picks.length) {
        picks = Arrays.copyOf(picks, length + 32);
      }
      for (int other = bound - 1; other > 0; other--) {
        byte[] way = Arrays.copyOf(picks, length + 1);
        way[length] = (byte) other;
        putOff.add(way);
      }
      picks[length++] = 0;
    }

    @Override
    public long seed() {
      return 0;
    }

    @Override
    public RandomGenerator dice(int loop) {
      return NO_DICE;
    }

    @Override
    public boolean isExplored(Supplier<Fingerprint> state) {
      if (next < prefix) {
        return false; // on the way to where this run begins
      }
      transitions.incrementAndGet();
      return !states.add(state.get());
    }
  }
}
