package dev.tailrace.interleaving;

import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.opentest4j.TestAbortedException;

/**
 * Puts what several threads touch through its interleavings: as many as chance brings on real
 * threads, then those that Lincheck's model checker finds in its bound. How deep, the property
 * {@code interleavings.depth} says. Where the model checker comes to no verdict, time after time,
 * the test is aborted, which shows as skipped: neither passed nor failed.
 */
public final class Interleavings {
  /** The checker gives up a run that takes 30 s: a busy machine, unless it shows a cycle. */
  private static final String STARVED = "= Concurrent test has hung =";

  /** Starved threads bring its scheduler itself out of step, too: no verdict on what it checks. */
  private static final String OWN_BUG = "You've caught a bug in Lincheck";

  private static final String SHOWN = "The following interleaving";
  private static final int MOST_STARVED = 4;
  private static final int RUNS_ALONE = 25;

  static {
    System.setProperty("lincheck.logLevel", "ERROR"); // else it tells of each lambda it meets
  }

  private Interleavings() {}

  /**
   * How much is tried.
   *
   * @param scenarios sequences of operations, for structures checked by their operations
   * @param schedules of each, by the model checker
   * @param runs of each, on real threads
   */
  private record Depth(int scenarios, int schedules, int runs) {
    static Depth configured() {
      int depth = Integer.getInteger("interleavings.depth", 1);
      return new Depth(depth + 1, 25 * depth, 40 * depth);
    }
  }

  /**
   * Checks a structure by its operations: every result is one that some order of the operations,
   * one after the other, would have brought too, and its validation holds.
   *
   * @param structure a public class with operations and a constructor without parameters
   */
  public static void ofOperations(Class<?> structure) {
    Depth depth = Depth.configured();
    forgetOldClasses();
    new StressOptions()
        .iterations(depth.scenarios)
        .invocationsPerIteration(depth.runs)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .check(structure);
    patiently(
        () ->
            new ModelCheckingOptions()
                .iterations(depth.scenarios)
                .invocationsPerIteration(depth.schedules)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .check(structure));
    passed(structure.getSimpleName(), depth.scenarios, depth);
  }

  /**
   * Checks a story that starts its own threads and throws where a promise is broken.
   *
   * @param name of what is checked
   * @param story runs many times; depends on nothing but itself
   */
  public static void ofStory(String name, Runnable story) {
    Depth depth = Depth.configured();
    repeat(story, depth.scenarios * depth.runs);
    patiently(() -> Lincheck.runConcurrentTest(depth.scenarios * depth.schedules, story));
    passed(name, depth.scenarios, depth);
  }

  /**
   * As {@link #ofStory}, of one that leads through so many classes that the model checker takes a
   * minute to prepare them: it looks only where the depth is above 1.
   */
  public static void ofLargeStory(String name, Runnable story) {
    if (Depth.configured().scenarios > 2) {
      ofStory(name, story);
    } else {
      onThreads(name, story);
    }
  }

  /**
   * As {@link #ofStory}, on real threads alone: of one that the model checker cannot follow. It
   * keeps the lock in a wait with a time-out, and gives up after 30 s of foreign code.
   */
  public static void onThreads(String name, Runnable story) {
    Depth depth = Depth.configured();
    repeat(story, RUNS_ALONE * depth.runs);
    ProofResults.merge(
        "lincheck",
        new JsonObject()
            .put("onThreadsAlone", new JsonArray().add(name))
            .put("realRuns", RUNS_ALONE * depth.runs)
            .put("failures", new JsonArray()));
  }

  private static void repeat(Runnable story, int times) {
    for (int run = 0; run < times; run++) {
      story.run();
    }
  }

  private static void patiently(Runnable check) {
    for (int attempt = 1; ; attempt++) {
      try {
        forgetOldClasses();
        check.run();
        return;
      } catch (LincheckAssertionError failure) {
        String text = String.valueOf(failure.getMessage());
        boolean verdict = !text.contains(STARVED) && !text.contains(OWN_BUG);
        if (verdict || text.contains(SHOWN)) {
          throw failure;
        }
        if (attempt == MOST_STARVED) {
          throw new TestAbortedException(
              "no verdict in " + attempt + " attempts, as by a machine that is too busy", failure);
        }
      }
    }
  }

  /**
   * Each check redefines thousands of classes, there and back. The JVM keeps what they were until a
   * collection that unloads classes, and redefining takes the longer, the more it keeps: many
   * minutes for one check, where the heap never asks for such a collection.
   */
  private static void forgetOldClasses() {
    System.gc();
  }

  private static void passed(String name, int scenarios, Depth depth) {
    ProofResults.merge(
        "lincheck",
        new JsonObject()
            .put("structures", new JsonArray().add(name))
            .put("scenarios", scenarios)
            .put("schedulesAtMost", scenarios * depth.schedules)
            .put("realRuns", scenarios * depth.runs)
            .put("failures", new JsonArray()));
  }
}
