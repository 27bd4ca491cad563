package dev.tailrace.smallworld;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.Enumeration;
import dev.tailrace.runtime.Enumeration.Counterexample;
import dev.tailrace.runtime.Enumeration.EnumerationLimits;
import dev.tailrace.runtime.Enumeration.Findings;
import dev.tailrace.runtime.FreeRun;
import dev.tailrace.runtime.ReplayedChoices;
import dev.tailrace.runtime.Shrinker;
import dev.tailrace.smallworld.SmallSetting.Effects;
import dev.tailrace.smallworld.SmallSetting.Grain;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The small worlds that are enumerated, and how. */
final class SmallWorlds {
  /** How many candidates shrinking may run. */
  private static final int SHRINKING_RUNS = 3_000;

  /**
   * In {@code mvn verify}. {@link Grain#EXCHANGE} leaves out that an answer is under way while
   * something else happens, save when its receiver dies; {@link Grain#OCCASION} that something
   * happens between two turns of a loop.
   */
  static final List<SmallSetting> QUICK =
      List.of(
          graded(Grain.TURN, SmallBudget.of(0, 0)),
          graded(Grain.OCCASION, SmallBudget.of(1, 0)),
          graded(Grain.EXCHANGE, SmallBudget.of(1, 1).unknown(1, 1, 0)),
          graded(Grain.EXCHANGE, SmallBudget.of(0, 1).unknown(0, 0, 1)),
          graded(Grain.EXCHANGE, SmallBudget.of(0, 0).unknown(1, 1, 1).early(1)),
          graded(Grain.EXCHANGE, SmallBudget.of(0, 1).stalls(1)),
          ungraded(Grain.EXCHANGE, SmallBudget.of(1, 1)),
          ungraded(Grain.OCCASION, SmallBudget.of(0, 1).unknown(0, 0, 2)),
          ungraded(Grain.EXCHANGE, SmallBudget.of(0, 1).stalls(1)));

  /**
   * In a campaign, to their end: first what the small world is, a crash, a rebalance, and a claim
   * and a mark that are unknown; then finer, and with more. With three claims and three marks that
   * are unknown, those of every message may be.
   */
  static final List<SmallSetting> FULL =
      List.of(
          graded(Grain.OCCASION, SmallBudget.of(1, 1).unknown(1, 1, 0)),
          graded(Grain.TURN, SmallBudget.of(1, 0)),
          ungraded(Grain.OCCASION, SmallBudget.of(1, 1).unknown(0, 0, 1)),
          graded(Grain.EXCHANGE, SmallBudget.of(0, 1).silences(1)),
          graded(Grain.TURN, SmallBudget.of(1, 1)),
          graded(Grain.OCCASION, SmallBudget.of(1, 1).unknown(1, 1, 1)),
          graded(Grain.EXCHANGE, SmallBudget.of(1, 1).unknown(3, 3, 0)));

  /** After those, for as long as there is time, and too large to be exhausted in it. */
  static final List<SmallSetting> BEYOND =
      List.of(
          graded(Grain.EXCHANGE, SmallBudget.of(1, 1).stalls(1).silences(1)),
          graded(Grain.EXCHANGE, SmallBudget.of(1, 1).unknown(1, 1, 1).early(1)),
          graded(Grain.OCCASION, SmallBudget.of(1, 1).unknown(3, 3, 0)),
          graded(Grain.OCCASION, SmallBudget.of(1, 1).unknown(1, 1, 1).early(1)));

  private SmallWorlds() {}

  private static SmallSetting graded(Grain grain, SmallBudget budget) {
    return new SmallSetting(Effects.ONCE_BUT_FOR_WINDOWS, grain, budget);
  }

  private static SmallSetting ungraded(Grain grain, SmallBudget budget) {
    return new SmallSetting(Effects.AT_LEAST_ONCE, grain, budget);
  }

  static SmallSetting named(String name) {
    return Stream.of(QUICK, FULL, BEYOND)
        .flatMap(List::stream)
        .filter(setting -> setting.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such small world: " + name));
  }

  static Findings explore(SmallSetting setting, int threads, Duration time, Sightings sightings) {
    EnumerationLimits limits = new EnumerationLimits(threads, 100_000_000, time);
    return Enumeration.explore(
        limits,
        choices -> new SmallWorld(choices, setting, sightings).run(),
        soFar -> SmallProof.tell(setting, soFar, "so far"));
  }

  /**
   * Runs an exhausted world at random.
   *
   * @return how many runs met no state that was not enumerated: all of them
   * @throws AssertionError from the first that did
   */
  static int runFreely(SmallSetting setting, Findings findings, int runs, long seed) {
    for (int run = 0; run < runs; run++) {
      Choices free = new FreeRun(seed + run, findings.met());
      new SmallWorld(free, setting, new Sightings()).run();
    }
    return runs;
  }

  /** What the run of these choices breaks; null where it breaks nothing. */
  static @Nullable AssertionError run(SmallSetting setting, Choices choices) {
    try {
      new SmallWorld(choices, setting, new Sightings()).run();
      return null;
    } catch (AssertionError broken) {
      return broken;
    }
  }

  /** Makes a counterexample as small as it gets, and tells it with the command that repeats it. */
  static String tell(SmallSetting setting, Counterexample counterexample) {
    String promise = promise(counterexample.failure());
    List<Integer> least =
        Shrinker.shrink(
            counterexample.picks(),
            SHRINKING_RUNS,
            picks -> {
              AssertionError broken = run(setting, ReplayedChoices.enumerated(picks));
              return broken != null && promise(broken).equals(promise);
            });
    AssertionError broken =
        Objects.requireNonNullElseGet(
            run(setting, ReplayedChoices.enumerated(least)),
            () -> new AssertionError(counterexample.failure()));
    String picks = least.stream().map(String::valueOf).collect(Collectors.joining(","));
    return """
        %s
        breaks %s
        repeat it: mvn -o -q test -Dtest=SmallWorldTest -Dsmall.world='%s' -Dsmall.picks=%s\
        """
        .formatted(setting, broken.getMessage(), setting, picks);
  }

  /** The promise that is broken, which comes first in the message. */
  private static String promise(Throwable broken) {
    String message = String.valueOf(broken.getMessage());
    return message.substring(0, Math.min(3, message.length()));
  }
}
