package dev.tailrace.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of many runs become one file that adds up. */
final class ProofResultsTest {
  private static final String WHERE = "proof.results";

  private final Path file;
  private final @Nullable String before = System.getProperty(WHERE);

  ProofResultsTest(@TempDir Path folder) {
    this.file = folder.resolve("proof").resolve("results.json");
  }

  @BeforeEach
  void writeElsewhere() {
    System.setProperty(WHERE, file.toString());
  }

  @AfterEach
  void writeWhereItWas() {
    if (before == null) {
      System.clearProperty(WHERE);
    } else {
      System.setProperty(WHERE, before);
    }
  }

  @Test
  void runsOfOneDayAndVersionAddUp() {
    ProofResults.merge("kills", run("a").put("kills", 3).put("seeds", new JsonArray().add(7)));
    ProofResults.merge("kills", run("a").put("kills", 4).put("seeds", new JsonArray().add(8)));
    assertThat(runs("kills"))
        .containsExactly(run("a").put("kills", 7L).put("seeds", new JsonArray().add(7).add(8)));
  }

  @Test
  void runsOfAnotherVersionOrLayerStandBesideThem() {
    ProofResults.merge("kills", run("a").put("kills", 3));
    ProofResults.merge("kills", run("b").put("kills", 4));
    ProofResults.merge("simulation", run("a").put("schedules", 5));
    assertThat(runs("kills")).hasSize(2);
    assertThat(runs("simulation")).containsExactly(run("a").put("schedules", 5));
  }

  @Test
  void tablesAddUpByNameAndExtremesStayExtremes() {
    JsonObject one =
        new JsonObject()
            .put("faults", new JsonObject().put("freeze", new JsonObject().put("runs", 1)))
            .put("mostDuplicates", 5)
            .put("leastSeen", 5)
            .put("schedulesPerSecond", 9.5)
            .put("seconds", 1.5);
    JsonObject other =
        new JsonObject()
            .put(
                "faults",
                new JsonObject()
                    .put("freeze", new JsonObject().put("runs", 2))
                    .put("crash", new JsonObject().put("runs", 4)))
            .put("mostDuplicates", 3)
            .put("leastSeen", 3)
            .put("schedulesPerSecond", 8.5)
            .put("seconds", 2);
    assertThat(ProofResults.sum(one, other))
        .isEqualTo(
            new JsonObject()
                .put(
                    "faults",
                    new JsonObject()
                        .put("freeze", new JsonObject().put("runs", 3L))
                        .put("crash", new JsonObject().put("runs", 4)))
                .put("mostDuplicates", 5)
                .put("leastSeen", 3)
                .put("schedulesPerSecond", 8.5)
                .put("seconds", 3.5));
  }

  @Test
  void aRunCanReplaceAllBeforeIt() {
    ProofResults.merge("planted", run("a").put("bugs", 3));
    ProofResults.replace("planted", run("b").put("bugs", 4));
    assertThat(runs("planted")).containsExactly(run("b").put("bugs", 4));
  }

  @Test
  void aRunIsStampedWithItsDayVersionAndJava() {
    ProofResults.merge("fuzz", new JsonObject().put("inputs", 1));
    assertThat(runs("fuzz"))
        .singleElement()
        .satisfies(run -> assertThat(run.getString("date")).matches("\\d{4}-\\d\\d-\\d\\d"))
        .satisfies(run -> assertThat(run.getString("version")).isNotEmpty())
        .satisfies(run -> assertThat(run.getString("java")).isNotEmpty());
  }

  @Test
  void campaignsThatEndAtOnceLoseNothing() throws IOException {
    IntStream.range(0, 20)
        .parallel()
        .forEach(i -> ProofResults.merge("kills", run("a").put("kills", 1)));
    assertThat(runs("kills")).containsExactly(run("a").put("kills", 20L));
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  private List<JsonObject> runs(String layer) {
    return ProofResults.runs(ProofResults.read(file), layer);
  }

  private static JsonObject run(String version) {
    return new JsonObject().put("date", "2026-11-21").put("version", version).put("java", "17");
  }
}
