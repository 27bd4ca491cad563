package dev.tailrace.cli;

import dev.tailrace.verify.Expectations;
import dev.tailrace.verify.Guarantee;
import dev.tailrace.verify.Verdict;
import dev.tailrace.verify.Verdicts;
import dev.tailrace.verify.Verification;
import dev.tailrace.verify.VerifyInput;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What a demo ends with: the report in words, a check of the run from its own event log, and what
 * to do next.
 *
 * @param files of the run
 * @param sent how many messages the brokers had acknowledged
 */
record DemoEpilogue(DemoFiles files, long sent) {
  private static final List<Guarantee> TOLD =
      List.of(Guarantee.P1, Guarantee.P2, Guarantee.P3, Guarantee.P5, Guarantee.P6, Guarantee.P9);

  void print(PrintWriter out, boolean json) {
    JsonObject report = report();
    Verdicts verdicts = verdicts();
    if (json) {
      out.println(
          new JsonObject()
              .put("sent", sent)
              .put("report", report)
              .put("verification", new JsonObject(verdicts.toJson()))
              .encode());
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    ReportText.summary(report).forEach(line -> lines.add(files.shorten(line)));
    lines.add("");
    lines.add("Checked from the event log, with no trust in the above:");
    TOLD.forEach(promise -> lines.add("  " + files.shorten(line(verdicts.of(promise)))));
    lines.add(
        "  %s sent, %s received, %s finished; %s waiting at the brokers"
            .formatted(
                Phrases.count(sent),
                Phrases.count(verdicts.totals().messages()),
                Phrases.count(verdicts.totals().finished()),
                Phrases.count(Math.max(sent - verdicts.totals().finished(), 0))));
    lines.add("");
    lines.add("Next, with java -jar target/tailrace.jar:");
    lines.add("  init              writes a configuration of your own, to be run by: run");
    lines.add("  verify --events " + files.events());
    lines.add("Configuration, log and report of this run: " + files.folder());
    Terminal.fold(lines).forEach(out::println);
  }

  private static String line(Verdict verdict) {
    String mark =
        switch (verdict.kind()) {
          case HOLDS -> "✓";
          case BROKEN -> "!";
          case NOT_EXERCISED -> "·";
        };
    Verdict.CounterExample broken = verdict.counterExample();
    return mark
        + " "
        + verdict.guarantee().title()
        + ": "
        + (broken == null ? verdict.detail() : broken.sentence());
  }

  private JsonObject report() {
    try {
      return new JsonObject(Files.readString(files.report()));
    } catch (IOException missing) {
      throw new CommandException(
          ExitCode.FAILURE, "there is no report at " + files.report() + ": " + missing, missing);
    }
  }

  private Verdicts verdicts() {
    try {
      return Verification.check(
          new VerifyInput(
              List.of(files.events()),
              null,
              null,
              List.of(files.report()),
              Expectations.parse("order.orders=key,order.payments=unordered")));
    } catch (IOException unreadable) {
      throw new CommandException(
          ExitCode.FAILURE, "cannot read " + files.events() + ": " + unreadable, unreadable);
    }
  }
}
