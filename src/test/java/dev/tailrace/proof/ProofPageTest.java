package dev.tailrace.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The page says what the results say; nothing can be typed in. */
final class ProofPageTest {
  private static final OpenCases NONE = new OpenCases(Map.of(), Map.of());

  @Test
  void thePageIsWhatTheResultsSay() throws IOException {
    assertThat(Files.readString(ProofPage.PAGE))
        .as("docs/proof.md is generated; write it anew with: " + ProofPage.COMMAND)
        .isEqualTo(ProofPage.page(ProofResults.read(ProofPage.RESULTS), OpenCases.find()));
  }

  @Test
  void aLayerThatWasNotRunSaysSo() {
    assertThat(ProofPage.page(new JsonObject(), NONE))
        .contains("## Simulation", "## Small world", "## Kills", "## Planted", "## Lincheck")
        .contains("*not run yet*")
        .contains("No test is disabled.");
  }

  @Test
  void runsAreSummedUpWithTheirTablesAndSeeds() {
    JsonObject first = run("2026-11-20", "a").put("kills", 1_000).put("faults", faults(600, 400));
    JsonObject second =
        run("2026-11-21", "b")
            .put("kills", 234)
            .put("faults", faults(234, 0))
            .put("seeds", new JsonArray(IntStream.range(1, 20).boxed().toList()));
    assertThat(ProofPage.page(results("kills", first, second), NONE))
        .contains("| date | 2026-11-20, 2026-11-21 |")
        .contains("| version | a, b |")
        .contains("| kills | 1,234 |")
        .contains("| seeds | 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 7 more |")
        .contains("| faults | processes | lost |\n|---|---|---|\n| SIGKILL | 834 | 0 |")
        .contains("| SIGTERM | 400 | – |");
  }

  @Test
  void aTableOfNumbersHasTwoColumns() {
    JsonObject seen = run("2026-11-21", "a").put("sometimes", new JsonObject().put("zombie", 7));
    assertThat(ProofPage.page(results("simulation", seen), NONE))
        .contains("| sometimes |  |\n|---|---|\n| zombie | 7 |");
  }

  @Test
  void whatIsDisabledStandsOnThePageWithItsReason() {
    String off = "@Dis" + "abled";
    String source = "@Test\n" + off + "(\"issue 5: \"\n  + \"no probe\")\nvoid itRunsAlone() {";
    Map<String, String> disabled = OpenCases.disabled("PoisonTest", source);
    assertThat(disabled).isEqualTo(Map.of("PoisonTest.itRunsAlone", "issue 5: no probe"));
    assertThat(ProofPage.page(new JsonObject(), new OpenCases(disabled, Map.of("x", "issue 6"))))
        .contains("| `PoisonTest.itRunsAlone` | issue 5: no probe |")
        .contains("| planted bug: x | issue 6 |");
  }

  private static JsonObject faults(int kills, int stops) {
    JsonObject faults =
        new JsonObject().put("SIGKILL", new JsonObject().put("processes", kills).put("lost", 0));
    return faults.put("SIGTERM", new JsonObject().put("processes", stops));
  }

  private static JsonObject results(String layer, JsonObject... runs) {
    JsonArray array = new JsonArray();
    for (JsonObject run : runs) {
      array.add(run);
    }
    return new JsonObject().put(layer, new JsonObject().put("runs", array));
  }

  private static JsonObject run(String date, String version) {
    return new JsonObject().put("date", date).put("version", version).put("java", "17");
  }
}
