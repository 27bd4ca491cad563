package dev.tailrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that proves less than it seems to is refused, however well its log reads. */
final class VacuousRunsTest {
  private static final Path CLEAN = Path.of("src/test/resources/verify/clean");

  private final Path folder;

  VacuousRunsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theCleanRunIsNotRefused() throws IOException {
    assertThat(check(log(), CLEAN.resolve("effects.jsonl"), "effects,complete").passed()).isTrue();
  }

  @Test
  void effectsThatWereAnnouncedMustBeGiven() throws IOException {
    assertThat(check(log(), null, "effects").refusals())
        .containsExactly("effects are expected, and none are given");
  }

  @Test
  void aWitnessWhoseFileIsMissingIsNoWitness() throws IOException {
    Verdicts verdicts = check(log(), folder.resolve("nowhere.jsonl"), "effects");

    assertThat(verdicts.refusals()).contains("the effects in nowhere.jsonl are missing");
    assertThat(verdicts.passed()).isFalse();
  }

  @Test
  void aWitnessWhoSawNothingIsNoWitness() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));

    assertThat(check(log(), empty, "effects").refusals())
        .contains("effects are expected, and nobody saw one");
  }

  @Test
  void killsThatWereAnnouncedMustHaveHappened() throws IOException {
    assertThat(check(log(), null, "kills=1").refusals())
        .containsExactly("1 kill expected, and 0 processes killed");
  }

  @Test
  void aLogThatEndsBeforeItsCleanDrainDidIsRefused() throws IOException {
    List<String> lines = Files.readAllLines(log());
    Path cut = Files.write(folder.resolve("cut.jsonl"), lines.subList(0, lines.size() - 1));

    assertThat(check(cut, null, "").refusals())
        .anyMatch(refusal -> refusal.contains("its report says that it ended clean"));
  }

  @Test
  void aLogWithALineMissingIsRefused() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(log()));
    lines.remove(4);
    Path gap = Files.write(folder.resolve("gap.jsonl"), lines);

    assertThat(check(gap, null, "").refusals())
        .anyMatch(refusal -> refusal.contains("has a gap before its event 6"));
  }

  @Test
  void aTornLastLineOfAKilledProcessIsNormal() throws IOException {
    List<String> lines = Files.readAllLines(log()).subList(0, 5);
    Path torn = folder.resolve("torn.jsonl");
    Files.writeString(torn, String.join("\n", lines) + "\n{\"seq\":6,\"inc\":\"A-1\",\"mo");

    Verdicts verdicts =
        Verification.check(
            new VerifyInput(List.of(torn), null, null, List.of(), Expectations.parse("kills=1")));

    assertThat(verdicts.refusals()).isEmpty();
    assertThat(verdicts.passed()).isTrue();
  }

  @Test
  void aRunThatReceivedNothingIsRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("events.jsonl"));

    assertThat(Verification.check(VerifyInput.of(List.of(empty))).refusals())
        .contains("nothing was received");
  }

  private static Path log() {
    return CLEAN.resolve("events-A.jsonl");
  }

  private static Verdicts check(Path log, @Nullable Path effects, String expected)
      throws IOException {
    return Verification.check(
        new VerifyInput(
            List.of(log),
            effects,
            null,
            List.of(CLEAN.resolve("report.json")),
            Expectations.parse(expected)));
  }
}
