package dev.tailrace.chaos;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Judges a round, twice: by the checker, from what the processes left behind; and without it, from
 * what the servers, the witness and the clock of this JVM say. A process is late when it is still
 * there 500 ms after its deadline, and after what the machine kept it waiting for a processor.
 */
final class Judgement {
  private static final Duration LATE = Plan.DRAIN_DEADLINE.plusMillis(500);
  private static final int LISTED = 5;
  private static final List<String> MUST_BE_ZERO =
      List.of("lateExits", "lost", "repeatedUnattributed", "repeatedAfterCleanStopsOnly");

  private final Plan plan;
  private final Path folder;
  private final List<Life> lives;
  private final SeenEffects effects;
  private final Map<PipelinePlan, Set<String>> held = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final RoundResult result = new RoundResult(problems);
  private List<String> committed = List.of();

  Judgement(Plan plan, Path folder, List<Life> lives, SeenEffects effects) {
    this.plan = plan;
    this.folder = folder;
    this.lives = lives;
    this.effects = effects;
  }

  void problem(String problem) {
    problems.add(problem);
  }

  /** Asks the servers for the last time. */
  void hear(BrokerTruth truth) throws ExecutionException, InterruptedException {
    for (PipelinePlan pipeline : plan.pipelines()) {
      held.put(pipeline, truth.messages(pipeline));
    }
    committed = truth.committedLines();
    if (truth.inTiers() > 0) {
      problem(truth.inTiers() + " messages are left in tiers of retries");
    }
  }

  RoundResult judge(CommitSampler sampler) throws IOException {
    MUST_BE_ZERO.forEach(name -> result.add(name, 0)); // so that they show
    for (Life life : lives) {
      life(life);
    }
    held.forEach(this::pipeline);
    List<String> dishonest = sampler.dishonest(effects);
    result.add("dishonestCommits", dishonest.size());
    result.add("commitSamples", sampler.samples());
    if (sampler.samples() == 0) {
      problem("no commit was sampled: " + sampler.lastFailure());
    }
    complain("dishonest commits", dishonest);
    verify();
    return result;
  }

  private void life(Life life) throws IOException {
    result.add("processes", 1);
    switch (life.ending()) {
      case KILLED -> {
        result.add("kills", 1);
        result.add("faults", "SIGKILL at random", 1);
      }
      case DIED_AT_POINT -> {
        result.add("kills", 1);
        result.add("faults", life.fate().fault(), 1);
      }
      case STOPPED -> stopped(life);
      case EXHAUSTED -> {
        result.add("kills", 1);
        result.add("faults", "out of memory", 1);
        if (plan.pipelines().stream().allMatch(each -> each.work().exhausts() == 0)) {
          problem(life.describe());
        }
      }
      case UNCALLED -> problem(life.describe());
    }
    if (life.fate().act() == Fate.Act.FREEZE && life.stopNanos() > 0) {
      result.add("faults", "SIGSTOP, then SIGCONT", 1);
    }
  }

  private void stopped(Life life) throws IOException {
    if (life.stoppedUnderLoad()) {
      result.add("terms", 1);
      result.add("faults", "SIGTERM under load", 1);
    } else {
      result.add("lastStops", 1);
    }
    result.add("exitCodes", "exit " + life.exitCode(), 1);
    result.most("mostMillisToStop", TimeUnit.NANOSECONDS.toMillis(life.stopNanos()));
    if (life.stopNanos() > LATE.toNanos()
        && life.stopNanos() - life.delayNanos() <= LATE.toNanos()) {
      result.add("lateForWantOfAProcessor", 1);
    } else if (life.stopNanos() > LATE.toNanos()) {
      result.add("lateExits", 1);
      problem(
          "late exit: %s, of which a thread waited %d ms for a processor"
              .formatted(life.describe(), TimeUnit.NANOSECONDS.toMillis(life.delayNanos())));
    }
    if (life.exitCode() != 0 && life.exitCode() != 4) {
      problem(life.describe() + "; see " + life.log());
    }
    if (!Files.exists(life.report()) && life.stopNanos() > Plan.DRAIN_DEADLINE.toNanos()) {
      result.add("haltedBeforeTheirReport", 1); // after the deadline it has 80 ms to be written
    } else if (!Files.exists(life.report())) {
      problem("no report of " + life.describe());
    } else if (life.exitCode() != 0) {
      unclean(life);
    }
  }

  /** Why a stop was not clean, as its report says. */
  private void unclean(Life life) throws IOException {
    JsonObject report = new JsonObject(Files.readString(life.report()));
    long abandoned = report.getJsonObject("messages").getJsonObject("abandoned").getLong("count");
    boolean unconfirmed =
        report.getJsonArray("positions").stream()
            .anyMatch(position -> !((JsonObject) position).getString("commit").equals("ok"));
    String why =
        abandoned > 0
            ? "abandoned"
            : unconfirmed ? "commit not confirmed" : String.valueOf(report.getValue("errors"));
    result.add("exitsWith4", why, 1);
    if (plan.mix() == Plan.Mix.CLEAN && abandoned == 0) {
      result.add("exitsWith4", "in a round of clean stops only", 1);
    }
  }

  private void pipeline(PipelinePlan pipeline, Set<String> messages) {
    Map<String, SeenEffects.Effect> seen = effects.of(pipeline.name());
    Set<String> lost = new HashSet<>(messages);
    lost.removeAll(seen.keySet());
    Set<String> unknown = new HashSet<>(seen.keySet());
    unknown.removeAll(messages);
    long repeated = seen.values().stream().filter(effect -> effect.times() > 1).count();
    result.add("messages", messages.size());
    result.add("effects", seen.values().stream().mapToLong(SeenEffects.Effect::times).sum());
    result.add("lost", lost.size());
    result.add("repeated", repeated);
    result.add("repeatedByStore", plan.mix() + ", store " + pipeline.store(), repeated);
    complain(pipeline.name() + " lost", lost);
    complain(pipeline.name() + " effects of messages that no broker has", unknown);
    if (plan.mix() == Plan.Mix.CLEAN && pipeline.work().failsAfter() == 0) {
      result.add("repeatedAfterCleanStopsOnly", repeated);
      complain(
          pipeline.name() + " repeated after clean stops only",
          seen.entrySet().stream()
              .filter(each -> each.getValue().times() > 1)
              .map(Map.Entry::getKey)
              .toList());
    }
  }

  private void verify() throws IOException {
    List<Path> events = new ArrayList<>();
    List<Path> reports = new ArrayList<>();
    int kills = 0;
    int stops = 0;
    for (Life life : lives) {
      if (!life.hasEvents()) {
        continue; // it was killed before it had told anything
      }
      events.add(life.events());
      boolean stopped = life.ending() == Life.Ending.STOPPED;
      kills += stopped ? 0 : 1;
      boolean told = stopped && Files.exists(life.report());
      stops += told ? 1 : 0;
      if (told) {
        reports.add(life.report());
      }
    }
    Path witnessed = folder.resolve("effects.jsonl");
    effects.joinInto(witnessed);
    Path positions = Files.write(folder.resolve("committed.jsonl"), committed);
    // A process that had ended its drain when it was killed counts as one that ended it.
    Expectations expected = Expectations.parse("effects,kills=" + kills / 2 + ",complete");
    Verdicts verdicts =
        Verification.check(new VerifyInput(events, witnessed, positions, reports, expected));
    Files.writeString(folder.resolve("verdict.txt"), verdicts.toText());
    read(verdicts, reports.size(), stops);
  }

  private void read(Verdicts verdicts, int reports, int stops) {
    Verdicts.Totals totals = verdicts.totals();
    totals.repetitions().forEach((window, times) -> result.add("repeatedByWindow", window, times));
    result.add(
        "repeatedUnattributed",
        totals.repetitions().getOrDefault(Verdicts.Totals.UNATTRIBUTED, 0L));
    boolean holds = verdicts.of(Guarantee.P5).kind() == Verdict.Kind.HOLDS;
    int confirmed = holds ? totals.reports() : 0;
    result.add("reports", reports);
    result.add("reportsConfirmed", confirmed);
    if (confirmed != stops) {
      problem(confirmed + " reports confirmed, of " + stops + " stops");
    }
    result.add("killsSeenByTheChecker", totals.kills());
    if (!verdicts.passed()) {
      problem("the checker says:\n" + verdicts.toText());
    }
  }

  private void complain(String what, Collection<String> which) {
    if (!which.isEmpty()) {
      problem("%d %s: %s".formatted(which.size(), what, which.stream().limit(LISTED).toList()));
    }
  }
}
