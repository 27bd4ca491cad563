package dev.tailrace.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A layer of proof: some of the test classes.
 *
 * @param name as in the headers of patches
 * @param limit how long all of it may take; a layer that takes longer hangs, and so has noticed
 * @param covers whether a test class, by its full name, belongs to it
 */
record Layer(String name, Duration limit, Predicate<String> covers) {
  static final String INTEGRATION = "integration";

  private static final String INTERLEAVINGS = "InterleavingsTest";
  private static final String ROOT = "dev.tailrace.";
  private static final Path TESTS = Path.of("target", "test-classes");

  /** Packages of unit tests that a slip in the core could not reach. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "project",
          "config",
          "proof",
          "planted",
          "local",
          "cli",
          "fuzz",
          "simulation",
          "smallworld");

  /** Tests of the simulator itself; a slip in the core is none of theirs. */
  private static final Set<String> OF_THE_TOOL = Set.of("ShrunkWorldTest", "ReproductionTest");

  /** In order of their cost. To add a layer, add a line. */
  static final List<Layer> CHEAP =
      List.of(
          new Layer(
              "unit",
              Duration.ofMinutes(4),
              test ->
                  !ELSEWHERE.contains(room(test))
                      && !test.endsWith("WorldsTest")
                      && !test.endsWith(INTERLEAVINGS)),
          new Layer(
              "simulation",
              Duration.ofMinutes(3),
              test -> room(test).equals("simulation") && !OF_THE_TOOL.contains(simpleName(test))),
          new Layer(
              "small world",
              Duration.ofMinutes(3),
              test -> room(test).equals("smallworld") || test.endsWith("WorldsTest")));

  /** What two threads touch, by name: to go through all of it takes minutes. */
  static Layer interleavings(List<String> tests) {
    return named("interleavings", "Test", tests);
  }

  /** What needs real servers, by name. */
  static Layer integration(List<String> tests) {
    return named(INTEGRATION, "IT", tests);
  }

  private static Layer named(String name, String ending, List<String> tests) {
    return new Layer(
        name,
        Duration.ofMinutes(6),
        test -> test.endsWith(ending) && tests.contains(simpleName(test)));
  }

  /**
   * Its classes, those first that notice soonest.
   *
   * @param changed the files that were changed
   */
  List<String> classes(Set<Path> changed) throws IOException {
    String ending = name.equals(INTEGRATION) ? "IT.class" : "Test.class";
    List<String> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(TESTS.resolve("dev"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(ending)).sorted().toList()) {
        String type = TESTS.relativize(file).toString().replace(".class", "").replace('/', '.');
        if (!type.contains("$") && covers.test(type)) {
          classes.add(type);
        }
      }
    }
    classes.sort(Comparator.comparing((String type) -> distance(type, changed)));
    return classes;
  }

  /** 0 for the test of a changed file, 1 for one of its package, else 2. */
  private static int distance(String test, Set<Path> changed) {
    int least = 2;
    for (Path path : changed) {
      String file = path.getFileName().toString().replaceAll("\\..*", "");
      if (simpleName(test).startsWith(file)) {
        return 0;
      }
      least = path.toString().contains("/" + room(test) + "/" + file + ".") ? 1 : least;
    }
    return least;
  }

  static String simpleName(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  /** The package below the root. */
  private static String room(String type) {
    return type.startsWith(ROOT) ? type.substring(ROOT.length()).split("\\.", 2)[0] : type;
  }
}
