package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Guarantee;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
  void runsThatDrainKeepEveryPromiseThatIsChecked() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      LoggedRun run = run(seed, false);
      Verdicts verdicts = check(run, run.logs());
      assertThat(verdicts.passed()).as("%s%n%s", run.where(), verdicts.toText()).isTrue();
      assertThat(verdicts.totals().repeated()).as(run.where()).isZero();
      for (Guarantee guarantee :
          List.of(
              Guarantee.P1,
              Guarantee.P2,
              Guarantee.P3,
              Guarantee.P5,
              Guarantee.P6,
              Guarantee.P10)) {
        assertThat(verdicts.of(guarantee).kind())
            .as("%s %s", guarantee, run.where())
            .isEqualTo(Verdict.Kind.HOLDS);
      }
    }
  }

  @Test
  void killsRepeatMessagesAndLoseNone() throws IOException {
    int kills = 0;
    long repeated = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      LoggedRun run = run(seed, true);
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
  void everyMutationThatBreaksAPromiseIsNoticed() throws IOException {
    LoggedRun run = run(1, false);
    List<String> missed = new ArrayList<>();
    int noticed = 0;
    for (Path log : run.logs()) {
      List<String> lines = Files.readAllLines(log);
      for (Mutation mutation : Mutation.values()) {
        for (int i = 0; i < lines.size(); i++) {
          List<String> mutated = mutation.apply(lines, i);
          if (mutated.isEmpty()) {
            continue;
          }
          List<Path> logs = new ArrayList<>(run.logs());
          logs.set(logs.indexOf(log), write(mutated));
          if (check(run, logs).passed()) {
            missed.add(mutation + " of " + lines.get(i));
          } else {
            noticed++;
          }
        }
      }
    }
    assertThat(missed).isEmpty();
    assertThat(noticed).isGreaterThan(100);
  }

  /**
   * A slip that breaks a promise, applied to one line of a log; empty where it would break none.
   */
  private enum Mutation {
    DROPPED {
      @Override
      List<String> apply(List<String> lines, int at) {
        String ev = ev(lines.get(at));
        if (!List.of("received", "settled", "released", "drain_begin", "drain_end").contains(ev)) {
          return List.of();
        }
        List<String> mutated = new ArrayList<>(lines);
        mutated.remove(at);
        return mutated;
      }
    },
    DOUBLED {
      @Override
      List<String> apply(List<String> lines, int at) {
        if (!List.of("received", "settled", "released").contains(ev(lines.get(at)))) {
          return List.of();
        }
        List<String> mutated = new ArrayList<>(lines);
        mutated.add(at, lines.get(at));
        return mutated;
      }
    },
    SWAPPED {
      @Override
      List<String> apply(List<String> lines, int at) {
        if (at + 1 == lines.size() || !isOrdered(lines.get(at), lines.get(at + 1))) {
          return List.of();
        }
        List<String> mutated = new ArrayList<>(lines);
        Collections.swap(mutated, at, at + 1);
        return mutated;
      }
    };

    abstract List<String> apply(List<String> lines, int at);

    private static String ev(String line) {
      return new JsonObject(line).getString("ev");
    }

    /** Whether the second line may only come after the first. */
    private static boolean isOrdered(String first, String second) {
      JsonObject one = new JsonObject(first);
      JsonObject two = new JsonObject(second);
      if (one.getString("msg") == null || !one.getString("msg").equals(two.getString("msg"))) {
        return false;
      }
      return !one.getString("ev").equals("parked") && !two.getString("ev").equals("parked");
    }
  }

  private LoggedRun run(long seed, boolean mayKill) throws IOException {
    Path own = Files.createTempDirectory(folder, "run");
    LoggedRun run = new LoggedRun(seed, 12, own);
    run.run(mayKill);
    return run;
  }

  private static Verdicts check(LoggedRun run, List<Path> logs) throws IOException {
    Expectations expected = Expectations.parse("complete,order=key,kills=" + run.kills());
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
