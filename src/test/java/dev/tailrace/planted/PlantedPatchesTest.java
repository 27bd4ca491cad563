package dev.tailrace.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.difflib.patch.PatchFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No patch rots: whoever changes the sources under one adapts it, so that the slip stays planted.
 */
final class PlantedPatchesTest {
  private static final List<String> LAYERS =
      Stream.concat(
              Layer.CHEAP.stream().map(Layer::name), Stream.of("interleavings", Layer.INTEGRATION))
          .toList();

  private final Path folder;

  PlantedPatchesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void appliesAndCompiles(PlantedBug bug) throws IOException, PatchFailedException {
    assertThat(bug.patched().keySet())
        .isNotEmpty()
        .allMatch(path -> path.startsWith(Path.of("src", "main")));
    PatchedClasses.build(bug, folder);
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void saysWhatItBreaksAndWhoNotices(PlantedBug bug) throws IOException {
    assertThat(bug.name()).matches("\\d\\d-[a-z-]+");
    assertThat(bug.slip()).isNotEmpty();
    assertThat(bug.promise()).matches("P\\d+(, P\\d+)*|contract");
    assertThat(bug.caughtBy()).isNotEmpty().isSubsetOf(LAYERS);
    if (bug.caughtBy().contains(Layer.INTEGRATION)) {
      assertThat(bug.integration()).isNotEmpty();
    }
    assertThat(Layer.interleavings(bug.interleavings()).classes(Set.of()))
        .hasSameSizeAs(bug.interleavings());
    assertThat(Layer.integration(bug.integration()).classes(Set.of()))
        .hasSameSizeAs(bug.integration());
  }

  @Test
  void everyPromiseIsBrokenBySomeBug() throws IOException {
    assertThat(PlantedBug.all())
        .hasSizeGreaterThanOrEqualTo(14)
        .flatMap(bug -> List.of(bug.promise().split(", ", -1)))
        .contains("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10");
  }

  @Test
  void aPatchOfSourcesThatHaveChangedIsRefused() {
    PlantedBug rotten =
        PlantedBug.parse(
            "99-rotten",
            """
            Slip: none

            --- a/pom.xml
            +++ b/pom.xml
            @@ -1,7 +1,7 @@
             this
             has
             never
            -been
            +gone
             in
             that
             file
            """);
    assertThatThrownBy(rotten::patched).isInstanceOf(PatchFailedException.class);
  }

  @Test
  void theGuaranteesNameTheBugsThatBreakThem() throws IOException {
    Map<String, Set<String>> breaking = new TreeMap<>();
    for (PlantedBug bug : PlantedBug.all()) {
      Stream.concat(Stream.of(bug.promise().split(", ", -1)), bug.windows().stream())
          .forEach(
              what ->
                  breaking
                      .computeIfAbsent(what, any -> new TreeSet<>())
                      .add(bug.name().split("-", 2)[0]));
    }
    Map<String, Set<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("docs", "guarantees.md"))) {
      String[] cells = line.split("\\s*\\|\\s*", -1);
      if (cells.length > 4 && cells[1].matches("[PW]\\d+|contract")) {
        documented.put(cells[1], new TreeSet<>(List.of(cells[4].split(", ", -1))));
      }
    }
    assertThat(documented).isEqualTo(breaking).hasSize(15);
  }

  static List<PlantedBug> bugs() throws IOException {
    return PlantedBug.all();
  }
}
