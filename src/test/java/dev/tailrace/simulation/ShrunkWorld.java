package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.RecordedChoices;
import dev.tailrace.runtime.ReplayedChoices;
import dev.tailrace.runtime.Shrinker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A failing world, made small before people look at it: first fewer processes, faults and messages,
 * then a shorter and plainer list of choices ({@link Shrinker}), as long as it still breaks the
 * same promise.
 *
 * @param seed of the world that failed first; its dice are still thrown
 * @param limits the least that still fail
 * @param picks the choices that are left
 * @param broken what it breaks
 */
public record ShrunkWorld(long seed, WorldLimits limits, List<Integer> picks, String broken) {
  private static final int RUNS = Integer.getInteger("simulation.shrinking", 1_500);

  /** More picks than this are told by the name of a file. */
  private static final int MOST_TOLD = 200;

  /** A run that failed. */
  private record Failing(WorldLimits limits, List<Integer> picks, String broken) {}

  /** Shrinks the world of a seed; null where it does not fail, or not twice. */
  public static @Nullable ShrunkWorld of(long seed, WorldLimits limits) {
    return of(seed, limits, ShrunkWorld::run);
  }

  /**
   * Shrinks by any verdict.
   *
   * @param verdict runs a world, and says what it breaks; null for nothing
   */
  static @Nullable ShrunkWorld of(
      long seed, WorldLimits limits, Function<World, @Nullable String> verdict) {
    Failing first = failing(Choices.seeded(seed), limits, verdict);
    if (first == null) {
      return null;
    }
    Failing fewer = lessOfAll(seed, first, verdict);
    String promise = promise(first.broken());
    List<Integer> picks =
        Shrinker.shrink(
            fewer.picks(),
            RUNS,
            candidate -> breaks(replay(seed, candidate, fewer.limits(), verdict), promise));
    Failing least = replay(seed, picks, fewer.limits(), verdict);
    return least == null ? null : new ShrunkWorld(seed, fewer.limits(), picks, least.broken());
  }

  private static @Nullable String run(World world) {
    try {
      world.run();
      return null;
    } catch (AssertionError | RuntimeException broken) {
      Throwable cause = broken;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return String.valueOf(cause.getMessage());
    }
  }

  private static @Nullable Failing failing(
      Choices choices, WorldLimits limits, Function<World, @Nullable String> verdict) {
    RecordedChoices recorded = new RecordedChoices(choices);
    String broken = verdict.apply(new World(recorded, limits));
    return broken == null ? null : new Failing(limits, recorded.picks(), broken);
  }

  private static @Nullable Failing replay(
      long seed,
      List<Integer> picks,
      WorldLimits limits,
      Function<World, @Nullable String> verdict) {
    return failing(ReplayedChoices.of(seed, picks), limits, verdict);
  }

  private static boolean breaks(@Nullable Failing run, String promise) {
    return run != null && promise(run.broken()).equals(promise);
  }

  /** The promise comes first in a message: {@code P6: …}. */
  private static String promise(String broken) {
    int colon = broken.indexOf(':');
    return colon < 0 ? broken : broken.substring(0, colon);
  }

  // -- limits

  private static Failing lessOfAll(
      long seed, Failing first, Function<World, @Nullable String> verdict) {
    Failing least = first;
    for (boolean better = true; better; ) {
      better = false;
      for (WorldLimits smaller : smaller(least.limits()).toList()) {
        Failing found = within(seed, smaller, least, verdict);
        if (found != null) {
          least = found;
          better = true;
          break;
        }
      }
    }
    return least;
  }

  /** The same choices under smaller limits mean something else; so the dice may be thrown anew. */
  private static @Nullable Failing within(
      long seed, WorldLimits smaller, Failing now, Function<World, @Nullable String> verdict) {
    String promise = promise(now.broken());
    Failing replayed = replay(seed, now.picks(), smaller, verdict);
    if (breaks(replayed, promise)) {
      return replayed;
    }
    Failing anew = failing(Choices.seeded(seed), smaller, verdict);
    return breaks(anew, promise) ? anew : null;
  }

  private static Stream<WorldLimits> smaller(WorldLimits of) {
    return Stream.of(
            new WorldLimits(of.messages(), of.faults(), of.processes() - 1, of.steps()),
            new WorldLimits(of.messages(), of.faults() / 2, of.processes(), of.steps()),
            new WorldLimits(of.messages(), of.faults() - 1, of.processes(), of.steps()),
            new WorldLimits(of.messages() / 2, of.faults(), of.processes(), of.steps()),
            new WorldLimits(of.messages() - 1, of.faults(), of.processes(), of.steps()))
        .filter(limits -> limits.processes() >= 1 && limits.faults() >= 0 && limits.messages() >= 1)
        .filter(limits -> !limits.equals(of));
  }

  // -- for people

  /** The world of these choices, not run yet. */
  World world() {
    return new World(ReplayedChoices.of(seed, picks), limits);
  }

  /** What is left, and the command that repeats it; long lists of choices go to a file. */
  String told() {
    String list = picks.stream().map(String::valueOf).collect(Collectors.joining(","));
    String where = picks.size() <= MOST_TOLD ? list : "@" + file(list);
    return """
        shrunk to %d messages, %d faults, %d processes, %d choices, which break %s
        again: mvn -o test -Dtest=ShrunkWorldTest -Dchaos.seed=%d -Dsimulation.limits=%d,%d,%d,%d \
        -Dsimulation.picks=%s"""
        .formatted(
            limits.messages(),
            limits.faults(),
            limits.processes(),
            picks.size(),
            broken,
            seed,
            limits.messages(),
            limits.faults(),
            limits.processes(),
            limits.steps(),
            where);
  }

  private Path file(String list) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "proof"));
      return Files.writeString(folder.resolve("seed-" + seed + ".picks"), list);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Reads what {@link #told} has printed. */
  static ShrunkWorld read(long seed, String limits, String picks) throws IOException {
    List<Long> numbers = Arrays.stream(limits.split(",", -1)).map(Long::valueOf).toList();
    String list = picks.startsWith("@") ? Files.readString(Path.of(picks.substring(1))) : picks;
    return new ShrunkWorld(
        seed,
        new WorldLimits(
            numbers.get(0).intValue(),
            numbers.get(1).intValue(),
            numbers.get(2).intValue(),
            numbers.get(3)),
        list.isEmpty()
            ? List.of()
            : Arrays.stream(list.split(",", -1)).map(Integer::valueOf).toList(),
        "");
  }
}
