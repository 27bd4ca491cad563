package dev.tailrace.simulation;

import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has the checker judge worlds by what their processes have logged, by the effects that a witness
 * saw and by the positions at the broker. It knows nothing of the judges of the simulation, so the
 * two must agree. Not thread-safe.
 */
final class VerifiedWorlds {
  private static final Expectations COMPLETE = Expectations.parse("complete");

  /** What was moved to a tier of retries has come to its end for a world, not for the checker. */
  private static final Expectations UNFINISHED = Expectations.parse("");

  private final Path folder;
  private final List<String> disagreements = new ArrayList<>();
  private long verified;
  private long events;

  /**
   * Verifies no world yet.
   *
   * @param folder where the files of each world are, until it is verified
   */
  VerifiedWorlds(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs the world of a seed, and checks what it leaves behind. One in which its own judges find a
   * promise broken is for others to tell.
   */
  void verify(long seed) throws IOException {
    Path own = Files.createDirectory(folder.resolve(Long.toString(seed)));
    try {
      World world = Schedules.world(seed);
      Verdicts verdicts = check(world, own);
      if (world.topic().incarnation() > 0) {
        return; // the checker is not told, where nobody was there to learn of it
      }
      events += verdicts.totals().events();
      if (!verdicts.passed()) {
        disagreements.add("seed " + seed + ":\n" + verdicts.toText());
      }
      verified++;
    } catch (AssertionError broken) {
      disagreements.add("seed " + seed + " breaks a promise before it is verified: " + broken);
    } finally {
      delete(own);
    }
  }

  /** What the checker says of a world that is run now, and leaves its files in {@code own}. */
  static Verdicts check(World world, Path own) throws IOException {
    world.logging(own).run();
    Path effects = world.witness().writeEffects(own.resolve("effects.jsonl"));
    Path positions = OutsideWitness.writePositions(world.topic(), own.resolve("positions.jsonl"));
    List<Path> files;
    try (Stream<Path> all = Files.list(own)) {
      files = all.sorted().toList();
    }
    return Verification.check(
        new VerifyInput(
            ending(files, ProcessLog.EVENTS),
            effects,
            positions,
            ending(files, ProcessLog.REPORT),
            world.settings().moves() ? UNFINISHED : COMPLETE));
  }

  private static List<Path> ending(List<Path> files, String suffix) {
    return files.stream().filter(file -> file.toString().endsWith(suffix)).toList();
  }

  private static void delete(Path own) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(own)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  /** How many were verified. */
  long verified() {
    return verified;
  }

  /** How many events they logged. */
  long events() {
    return events;
  }

  /** What the checker refuses although the judges of the simulation do not. */
  List<String> disagreements() {
    return disagreements;
  }
}
