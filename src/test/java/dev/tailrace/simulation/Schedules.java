package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the worlds of many seeds on several threads, one world on each, and adds up what came of
 * them. Thread-safe.
 */
public final class Schedules {
  /** One seed in so many is a large world, and one in so many a medium one. */
  private static final int LARGE_EVERY = 500;

  private static final int MEDIUM_EVERY = 10;

  /** So many failures are told; more would be the same. */
  private static final int MOST_FAILURES = 10;

  private static final int LINES = 60;

  private final long from;
  private final long count;
  private final AtomicLong next;
  private final AtomicLong done = new AtomicLong();
  private final AtomicInteger failed = new AtomicInteger();
  private final Sightings sightings = new Sightings(); // guarded by this
  private final List<Failure> failures = new ArrayList<>(); // guarded by this
  private long steps; // guarded by this

  /**
   * A world in which a promise was broken.
   *
   * @param seed that repeats it
   * @param story what was broken, in which world, and what happened last
   */
  public record Failure(long seed, String story) {}

  /** The worlds of the seeds {@code from … from + count - 1}. */
  public Schedules(long from, long count) {
    this.from = from;
    this.count = count;
    this.next = new AtomicLong(from);
  }

  /** The world of a seed: small, one in ten medium, or one in five hundred large. */
  public static World world(long seed) {
    return new World(Choices.seeded(seed), limits(seed));
  }

  private static WorldLimits limits(long seed) {
    if (Math.floorMod(seed, LARGE_EVERY) == 0) {
      return WorldLimits.LARGE;
    }
    return Math.floorMod(seed, MEDIUM_EVERY) == 0 ? WorldLimits.MEDIUM : WorldLimits.SMALL;
  }

  /** Runs worlds until all have run, too many have failed, or it is interrupted. */
  public void run() {
    Sightings mine = new Sightings();
    long stepped = 0;
    while (failed.get() < MOST_FAILURES && !Thread.currentThread().isInterrupted()) {
      long seed = next.getAndIncrement();
      if (seed >= from + count) {
        break;
      }
      World world = world(seed);
      try {
        world.run();
        mine.add(world.sightings());
      } catch (AssertionError | RuntimeException broken) {
        fail(seed);
      }
      stepped += world.steps();
      done.incrementAndGet();
    }
    synchronized (this) {
      sightings.add(mine);
      steps += stepped;
    }
  }

  /** The same world again, which remembers what happens. */
  private void fail(long seed) {
    boolean first = failed.incrementAndGet() == 1;
    World again = world(seed).telling();
    String broken = "it did not break when it was run again: something in it is not by choice";
    try {
      again.run();
    } catch (AssertionError | RuntimeException failure) {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      broken = String.valueOf(cause);
    }
    List<String> story = again.story();
    String told =
        String.join("\n  ", story.subList(Math.max(0, story.size() - LINES), story.size()));
    ShrunkWorld small = first ? ShrunkWorld.of(seed, limits(seed)) : null;
    String shrunk = small == null ? "" : "\n" + small.told();
    synchronized (this) {
      failures.add(
          new Failure(
              seed, broken + "\n  " + again.where() + "\n  " + told + "\n" + again(seed) + shrunk));
    }
  }

  private static String again(long seed) {
    return "again: mvn -o test -Dtest=WorldSimulationTest -Dchaos.seed="
        + seed
        + " -Dsimulation.schedules=1";
  }

  /** How many worlds have run. */
  public long done() {
    return done.get();
  }

  /** How many have failed. */
  public int failed() {
    return failed.get();
  }

  /** Those that are told of. */
  public synchronized List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** How many steps all worlds took together, of the threads that have ended. */
  public synchronized long steps() {
    return steps;
  }

  /** How often something came up, in the worlds of the threads that have ended. */
  public synchronized long sightings(Sometimes situation) {
    return sightings.of(situation);
  }

  /** Situations that came up less often than that. */
  public List<String> missed(long atLeast) {
    List<String> missed = new ArrayList<>();
    for (Sometimes situation : Sometimes.values()) {
      if (sightings(situation) < atLeast) {
        missed.add(situation.label() + ": " + sightings(situation));
      }
    }
    return missed;
  }

  /** As a run of the layer {@code simulation}. */
  public synchronized JsonObject toJson() {
    JsonArray broken = new JsonArray();
    failures.forEach(failure -> broken.add(failure.seed() + ": " + firstLine(failure)));
    return new JsonObject()
        .put("schedules", done())
        .put("steps", steps)
        .put("violations", failed())
        .put("sometimes", sightings.toJson())
        .put("seeds", new JsonArray().add(from + " to " + (from + done() - 1)))
        .put("failures", broken);
  }

  private static String firstLine(Failure failure) {
    return failure.story().lines().findFirst().orElse("");
  }
}
