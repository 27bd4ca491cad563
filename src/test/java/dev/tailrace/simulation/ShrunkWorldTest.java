package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What fails in a world is told in few choices, and can be repeated from what is told. */
final class ShrunkWorldTest {
  @BeforeAll
  static void silence() {
    World.installFailPoints();
    Configurator.setLevel("dev.tailrace", Level.OFF);
  }

  @AfterAll
  static void speak() {
    Configurator.setLevel("dev.tailrace", Level.INFO);
  }

  /** As if a promise forbade that a partition is ever lost. */
  private static @Nullable String nothingIsLost(World world) {
    try {
      world.run();
    } catch (AssertionError | RuntimeException other) {
      return null; // for other tests
    }
    return world.sightings().of(Sometimes.PARTITION_LOST) > 0 ? "P0: a partition is lost" : null;
  }

  @Test
  void aFailingWorldIsToldInFewerFaultsAndChoices() throws IOException {
    List<ShrunkWorld> shrunk = new ArrayList<>();
    for (long seed = 1; shrunk.size() < 2; seed++) {
      ShrunkWorld small = ShrunkWorld.of(seed, WorldLimits.MEDIUM, ShrunkWorldTest::nothingIsLost);
      if (small != null) {
        shrunk.add(small);
      }
    }
    for (ShrunkWorld small : shrunk) {
      assertThat(small.limits().faults()).isLessThan(WorldLimits.MEDIUM.faults());
      assertThat(small.limits().messages()).isLessThanOrEqualTo(WorldLimits.MEDIUM.messages());
      String told = small.told();
      String limits = option(told, "-Dsimulation.limits=");
      ShrunkWorld read =
          ShrunkWorld.read(small.seed(), limits, option(told, "-Dsimulation.picks="));
      assertThat(read.limits()).isEqualTo(small.limits());
      assertThat(read.picks()).isEqualTo(small.picks());
      assertThat(nothingIsLost(read.world())).isEqualTo(small.broken());
    }
  }

  private static String option(String told, String name) {
    return told.substring(told.indexOf(name) + name.length()).split("\\s", -1)[0];
  }

  /** A world that failed once, by the command that was printed with it; else any world. */
  @Test
  void aWorldThatIsGivenKeepsItsPromises() throws IOException {
    String limits = System.getProperty("simulation.limits", "4,2,2,200000");
    String picks = System.getProperty("simulation.picks", "");
    World world = ShrunkWorld.read(Long.getLong("chaos.seed", 1), limits, picks).world().telling();
    try {
      world.run();
    } catch (AssertionError | RuntimeException broken) {
      throw new AssertionError(
          broken.getMessage() + "\n  " + String.join("\n  ", world.story()), broken);
    }
  }

  @Test
  void aWorldThatKeepsItsPromisesIsNotShrunk() {
    assertThat(ShrunkWorld.of(1, WorldLimits.MEDIUM)).isNull();
    assertThat(Objects.toString(ShrunkWorld.of(2, WorldLimits.MEDIUM))).isEqualTo("null");
  }
}
