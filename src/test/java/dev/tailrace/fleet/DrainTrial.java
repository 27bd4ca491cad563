package dev.tailrace.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tailrace.fleet.DrainPlan.Fault;
import dev.tailrace.fleet.DrainPlan.Pull;
import dev.tailrace.local.Servers;
import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One drain, and what is to be said of it: when the process was gone, whether its report is true,
 * and what became of its messages. For one thread.
 */
final class DrainTrial {
  /** Of each broker; more than is done before the trigger. */
  private static final int MESSAGES = 1_500;

  /** How long after its deadline a process may be there. */
  private static final Duration ALLOWED = Duration.ofMillis(500);

  /** As long as the watchdog has to write the last report. */
  private static final Duration STARVED = Duration.ofMillis(80);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPORT = "drain report {";
  private static final int PARTITIONS = 3;

  private final DrainPlan plan;
  private final Life life;
  private final String name = Servers.uniqueName("drain");
  private final List<String> problems = new ArrayList<>();

  /**
   * What was found.
   *
   * @param result as the report has it; "none" where there is no report
   * @param underLoad whether work was waiting when its drain began
   * @param confirmed whether the checker compared the report with the events, and it was true
   * @param cutOff whether its deadline came while it waited for a processor: then the time that it
   *     has to write its report is over before it runs
   * @param afterDeadline when it was gone
   * @param late whether it was still there 500 ms after its deadline, and after what the machine
   *     kept it waiting for a processor
   * @param messages all that it could have read
   * @param lost those that had no effect, and are not to be had any more
   * @param repeated those that had an effect, and are to be had again
   * @param problems what must not be
   */
  record Finding(
      DrainPlan plan,
      String result,
      boolean underLoad,
      boolean confirmed,
      boolean cutOff,
      Duration afterDeadline,
      boolean late,
      int messages,
      int lost,
      long repeated,
      List<String> problems) {}

  /** Nothing happens yet. */
  DrainTrial(DrainPlan plan, Path folder) {
    this.plan = plan;
    this.life = new Life(folder, plan.number());
  }

  /** Plays it to its end. */
  Finding play(DrainServers servers, Vertx vertx) throws Exception {
    return servers.at(plan.fault(), place -> play(place, vertx));
  }

  private Finding play(DrainServers.Place place, Vertx vertx) throws Exception {
    Servers.createTopic(place.kafka(), name, PARTITIONS, Map.of());
    Servers.createTopic(place.kafka(), name + ".dlq", 1, Map.of());
    new Load(place.kafka().bootstrap(), place.redis().url(), name, MESSAGES, 0).call();
    DrainedProcess process = new DrainedProcess(plan, name, life, place);
    DrainedProcess.End end = process.drained();

    Map<String, Integer> times = new HashMap<>();
    for (Path file : process.effects()) {
      if (Files.exists(file)) {
        Files.readAllLines(file).forEach(message -> times.merge(message, 1, Integer::sum));
      }
    }
    DrainRemainder.of(vertx, name, place, plan.brokers())
        .forEach(message -> times.merge(message, 1, Integer::sum));
    return judge(end, times);
  }

  private Finding judge(DrainedProcess.End end, Map<String, Integer> times) throws IOException {
    Duration after = Duration.ofNanos(end.nanos() - drainBegan()).minus(plan.deadline());
    boolean cutOff = !after.isNegative() && end.delayNanos() > STARVED.toNanos();
    Optional<JsonNode> report = report();
    report.ifPresent(there -> check(there, end));
    boolean clean = report.map(DrainTrial::result).orElse("none").equals("clean");
    boolean confirmed = report.isPresent() && verify();
    if (!confirmed && !cutOff) {
      problems.add("no report that is confirmed");
    }
    boolean late = after.minus(ALLOWED).minusNanos(end.delayNanos()).compareTo(Duration.ZERO) > 0;
    if (late) {
      problems.add(
          "gone %d ms after its deadline, of which it waited %d ms for a processor"
              .formatted(after.toMillis(), end.delayNanos() / 1_000_000));
    }
    int messages = MESSAGES * plan.brokers().size();
    int lost = messages - times.size();
    long repeated = times.values().stream().filter(count -> count > 1).count();
    if (lost != 0) {
      problems.add(lost + " lost");
    }
    if (clean && repeated != 0) {
      problems.add(repeated + " repeated after a clean drain");
    }
    boolean underLoad =
        report.map(it -> it.path("messages").path("bufferedAtStart").asInt() > 0).orElse(false);
    return new Finding(
        plan,
        report.map(DrainTrial::result).orElse("none"),
        underLoad,
        confirmed,
        cutOff,
        after,
        late,
        messages,
        lost,
        repeated,
        problems.stream().map(each -> plan + " in " + life.folder() + ": " + each).toList());
  }

  private static String result(JsonNode report) {
    return report.path("result").asText();
  }

  /** The report's own file; where the disk had no room, the line in the log. */
  private Optional<JsonNode> report() throws IOException {
    Path file = life.file("report.json");
    if (plan.fault() == Fault.FULL_DISK) {
      if (Files.exists(file)) {
        problems.add("its report found room on a full disk");
      }
      for (String line : Files.readAllLines(life.file("log"))) {
        String message = line.startsWith("{") ? JSON.readTree(line).path("message").asText() : "";
        if (message.startsWith(REPORT)) {
          Files.writeString(file, message.substring(REPORT.length() - 1));
        }
      }
    }
    return Files.exists(file)
        ? Optional.of(JSON.readTree(Files.readString(file)))
        : Optional.empty();
  }

  private void check(JsonNode report, DrainedProcess.End end) {
    ending(report, end);
    String errors = report.path("errors").toString();
    if (plan.fault() == Fault.HUNG_HANDLER
        && report.path("messages").path("abandoned").path("count").asInt() == 0) {
      problems.add("names nothing that it abandoned: " + report);
    }
    if (plan.fault() == Fault.HUNG_RESOURCE && !errors.contains("handler did not stop")) {
      problems.add("does not name what hangs: " + report);
    }
    if (plan.fault() == Fault.FULL_DISK && !errors.contains("audit.file")) {
      problems.add("does not name what has no room: " + report);
    }
  }

  private void ending(JsonNode report, DrainedProcess.End end) {
    if (report.path("exitCode").asInt() != end.exitCode()) {
      problems.add("ended with " + end.exitCode() + ", and says " + report);
    }
    String result = result(report);
    int good = plan.pull() == Pull.MAX_UPTIME ? 6 : 0;
    if (end.exitCode() != (result.equals("clean") ? good : 4)) {
      problems.add("is " + result + ", and ended with " + end.exitCode());
    }
    if (plan.isToBeClean() && !result.equals("clean")) {
      problems.add("is not clean: " + report);
    }
    if (plan.isToBeUnclean() && result.equals("clean")) {
      problems.add("cannot be clean: " + report);
    }
  }

  /** The checker's word on it. */
  private boolean verify() throws IOException {
    Verdicts verdicts =
        Verification.check(
            new VerifyInput(
                List.of(life.file("jsonl")),
                null,
                null,
                List.of(life.file("report.json")),
                Expectations.NONE));
    if (!verdicts.passed()) {
      problems.add("the checker says:\n" + verdicts.toText());
    }
    return verdicts.passed() && verdicts.totals().reports() == 1;
  }

  /** By the machine's clock. */
  private long drainBegan() throws IOException {
    for (String line : Files.readAllLines(life.file("jsonl"))) {
      if (line.contains("\"drain_begin\"")) {
        return JSON.readTree(line).path("monoNanos").asLong();
      }
    }
    throw new AssertionError("no drain began: " + plan + " in " + life.folder());
  }
}
