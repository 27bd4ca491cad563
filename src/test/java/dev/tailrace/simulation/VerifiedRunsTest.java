package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.proof.ProofResults;
import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Guarantee;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker reads logs of the production core: it finds nothing, and misses no planted fault. */
final class VerifiedRunsTest {
  private static final int SEEDS = 40;

  private final Path folder;

  VerifiedRunsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void runsThatDrainKeepEveryPromise() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      LoggedRun run = run(seed, seed % 2 == 0, false);
      Verdicts verdicts = check(run, run.logs());
      assertThat(verdicts.passed()).as("%s%n%s", run.where(), verdicts.toText()).isTrue();
      assertThat(verdicts.totals().repeated()).as(run.where()).isZero();
      for (Guarantee guarantee : Guarantee.values()) {
        if (guarantee != Guarantee.P9 || seed % 2 == 0) { // without a store nothing dies
          assertThat(verdicts.of(guarantee).kind())
              .as("%s %s", guarantee, run.where())
              .isEqualTo(Verdict.Kind.HOLDS);
        }
      }
    }
  }

  @Test
  void killsRepeatMessagesAndLoseNone() throws IOException {
    int kills = 0;
    long repeated = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      LoggedRun run = run(seed, false, true);
      Verdicts verdicts = check(run, run.logs());
      assertThat(verdicts.passed()).as("%s%n%s", run.where(), verdicts.toText()).isTrue();
      assertThat(verdicts.totals().kills()).isEqualTo(run.kills());
      kills += run.kills();
      repeated += verdicts.totals().repeated();
    }
    assertThat(kills).isGreaterThan(SEEDS / 2);
    assertThat(repeated).as("without a store kills repeat").isPositive();
  }

  @Test
  void killsRepeatNothingThatAStoreHasMarked() throws IOException {
    int kills = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      LoggedRun run = run(seed, true, true);
      Verdicts verdicts = check(run, run.logs());
      assertThat(verdicts.passed()).as("%s%n%s", run.where(), verdicts.toText()).isTrue();
      assertThat(verdicts.totals().repeated()).as(run.where()).isZero();
      kills += run.kills();
    }
    assertThat(kills).isGreaterThan(SEEDS / 2);
  }

  @Test
  void everyMutationThatBreaksAPromiseIsNoticed() throws IOException {
    List<String> missed = new ArrayList<>();
    JsonObject noticed = new JsonObject();
    for (boolean stored : new boolean[] {false, true}) {
      LoggedRun run = run(1, stored, false);
      for (Path log : run.logs()) {
        List<String> lines = Files.readAllLines(log);
        for (Mutation mutation : Mutation.values()) {
          for (int i = 0; i < lines.size(); i++) {
            List<String> mutated = mutation.apply(lines, i);
            if (mutated == null) {
              continue;
            }
            List<Path> logs = new ArrayList<>(run.logs());
            logs.set(logs.indexOf(log), write(mutated));
            if (check(run, logs).passed()) {
              missed.add(mutation + " of " + lines.get(i));
            } else {
              String name = mutation.name().toLowerCase(Locale.ROOT).replace('_', ' ');
              noticed.put(name, noticed.getInteger(name, 0) + 1);
            }
          }
        }
      }
    }
    int sum = noticed.stream().mapToInt(each -> (Integer) each.getValue()).sum();
    ProofResults.merge(
        "mutations",
        new JsonObject()
            .put("mutations", sum + missed.size())
            .put("noticed", sum)
            .put("noticedByKind", noticed)
            .put("missed", new JsonArray(missed)));
    assertThat(missed).isEmpty();
    assertThat(noticed.fieldNames()).hasSize(Mutation.values().length);
    assertThat(sum).isGreaterThan(500);
  }

  private LoggedRun run(long seed, boolean stored, boolean mayKill) throws IOException {
    Path own = Files.createTempDirectory(folder, "run");
    LoggedRun run = new LoggedRun(seed, stored, own);
    run.run(mayKill);
    return run;
  }

  private static Verdicts check(LoggedRun run, List<Path> logs) throws IOException {
    Expectations expected = Expectations.parse("complete,kills=" + run.kills());
    return Verification.check(new VerifyInput(logs, null, null, run.reports(), expected));
  }

  /** Numbers the lines anew, so that only the slip itself can be noticed. */
  private Path write(List<String> lines) throws IOException {
    List<String> numbered = new ArrayList<>();
    for (String line : lines) {
      numbered.add(new JsonObject(line).put("seq", numbered.size() + 1).encode());
    }
    return Files.write(Files.createTempFile(folder, "mutated", ".jsonl"), numbered);
  }
}
