package dev.tailrace.bench;

import static java.util.stream.Collectors.joining;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The page {@code docs/benchmarks.md}: what the results say, and nothing else. */
final class BenchmarksPage {
  static final Path PAGE = Path.of("docs", "benchmarks.md");

  private static final String HEAD =
      """
      # How fast it is, beside others

      Generated from [benchmarks/results.json](benchmarks/results.json), which `mvn verify -Pbench` writes.
      Each workload is one run: a real broker, a topic that is filled once, and all contenders one after the
      other in JVMs of their own, three rounds, on the same processors as the broker. Figures are medians of
      the rounds. Rate, CPU (of the whole process, collector and compiler too) and allocation are of one
      window, which begins when the JVM hardly compiles any more; at first each message is looked at, whether
      it comes once and in its order, which ends before that. At the end of each contender, which ends in
      order, what it has committed is compared with what it has worked on. **Ratios are the result**; the
      figures beside them are those of one machine on one day.

      Run it: `mvn verify -Pbench`; one workload, or some, `-Dbench.workload='A|B.*'`; some contenders
      `-Dbench.contender='raw|tailrace'`; larger or smaller `-Dbench.messages=3000000`; more rounds
      `-Dbench.rounds=5`; and leaving this page as it is `-Dbench.write=false`. Those on virtual threads need the
      home of a JVM that has them, `-Dbench.newer-java=HOME`. The page keeps what was
      run last of each workload, so that it can be made in parts. Those on Redis have a Redis of their own, with its
      append-only file and without waiting for the disk.
      """;

  private final StringBuilder text = new StringBuilder(HEAD);
  private final BenchResults results;

  private BenchmarksPage(BenchResults results) {
    this.results = results;
  }

  /** Writes the page from the results that are checked in. */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(PAGE, page(BenchResults.read()));
  }

  static String page(BenchResults results) {
    BenchmarksPage page = new BenchmarksPage(results);
    Workload.all().forEach(page::workload);
    return page.text.toString();
  }

  private void workload(Workload workload) {
    line("");
    line("## " + workload.name() + ". " + workload.title());
    line("");
    line(workload.text());
    line("");
    JsonObject run = results.run(workload);
    if (run.isEmpty()) {
      line("*not run yet*");
      return;
    }
    line(
        "%s, version %s, Java %s, `%s`; %s. `%s`"
            .formatted(
                run.getString("date"),
                run.getString("version"),
                run.getString("java"),
                run.getString("jvm"),
                run.getString("machine"),
                run.getString("command")));
    line("");
    List<Column> more = Column.of(workload);
    boolean rates = !workload.shows("process");
    line(
        "|"
            + (rates ? " | rate | CPU | allocated | messages/s | CPU µs | bytes |" : " |")
            + more.stream().map(column -> " " + column.title() + " |").collect(joining()));
    line((rates ? "|---|---|---|---|---|---|---|" : "|---|") + "---|".repeat(more.size()));
    JsonObject contenders = run.getJsonObject("contenders");
    JsonObject base = contenders.getJsonObject(workload.baseline());
    for (ContenderPlan plan : workload.contenders()) {
      JsonObject measured = contenders.getJsonObject(plan.name());
      if (measured != null) {
        line(
            "| "
                + plan.name()
                + " |"
                + (rates ? rates(measured, base) : "")
                + more(measured, more));
      }
    }
    line("");
    faults(workload, contenders);
    if (rates) {
      line("The first three columns are ratios to *" + workload.baseline() + "*.");
      for (String words : PeersBeside.lines(workload, contenders)) {
        line("");
        line(words);
      }
    }
    for (ContenderPlan plan : workload.contenders()) {
      JsonObject measured = contenders.getJsonObject(plan.name());
      if (measured != null && plan.isPeer()) {
        line("");
        line("*%s*: %s; %s".formatted(plan.name(), settings(measured), libraries(measured)));
      }
    }
  }

  private void faults(Workload workload, JsonObject contenders) {
    for (ContenderPlan plan : workload.contenders()) {
      JsonObject measured = contenders.getJsonObject(plan.name());
      if (measured != null && plan.reads()) {
        boolean unended = most(measured, "unended", "") > 0;
        long wrong = most(measured, "wrong", "");
        long early = most(measured, "committed", "handled");
        long late = most(measured, "handled", "committed");
        String words =
            (unended ? " failed to end in its time;" : "")
                + (wrong > 0 ? " " + wrong + " messages twice or out of order;" : "")
                + (early > 0 ? " committed " + early + " that were not worked on;" : "")
                + (late > 0 ? " left " + late + " uncommitted that were done;" : "");
        if (!words.isEmpty()) {
          line(
              "*"
                  + plan.name()
                  + "*:"
                  + words.substring(0, words.length() - 1)
                  + ", in its worst round.");
          line("");
        }
      }
    }
  }

  private static long most(JsonObject measured, String column, String without) {
    long most = 0;
    JsonArray rounds = measured.getJsonArray("rounds");
    for (int i = 0; i < rounds.size(); i++) {
      JsonObject round = rounds.getJsonObject(i);
      most = Math.max(most, round.getLong(column, 0L) - round.getLong(without, 0L));
    }
    return most;
  }

  /**
   * What some workloads show besides.
   *
   * @param title of the column
   * @param name of what was measured
   */
  private record Column(String title, String name) {
    static List<Column> of(Workload workload) {
      List<Column> columns = new ArrayList<>();
      if (workload.shows("timed")) {
        columns.add(new Column("p50 µs", "p50Micros"));
        columns.add(new Column("p99 µs", "p99Micros"));
      }
      if (workload.shows("hot")) {
        columns.add(new Column("hottest key/s", "hottestPerSecond"));
      }
      if (workload.shows("stop")) {
        columns.add(new Column("last commit ms", "commitMillis"));
        columns.add(new Column("closed ms", "stopMillis"));
      }
      if (workload.shows("process")) {
        columns.add(new Column("last commit ms", "commitMillis"));
        columns.add(new Column("drained ms", "reportMillis"));
        columns.add(new Column("gone ms", "stopMillis"));
      }
      return columns;
    }
  }

  private static String rates(JsonObject measured, JsonObject base) {
    StringBuilder row = new StringBuilder();
    for (String column : List.of("perSecond", "cpuMicros", "allocated")) {
      row.append(
          base == null
              ? " – |"
              : String.format(
                  Locale.ROOT, " %.2f |", median(measured, column) / median(base, column)));
    }
    row.append(String.format(Locale.ROOT, " %,.0f |", median(measured, "perSecond")));
    row.append(String.format(Locale.ROOT, " %.2f |", median(measured, "cpuMicros")));
    row.append(String.format(Locale.ROOT, " %,.0f |", median(measured, "allocated")));
    return row.toString();
  }

  private static String more(JsonObject measured, List<Column> columns) {
    return columns.stream()
        .map(
            column ->
                has(measured, column.name())
                    ? String.format(Locale.ROOT, " %,.0f |", median(measured, column.name()))
                    : " – |")
        .collect(joining());
  }

  private static String settings(JsonObject measured) {
    List<String> words = new ArrayList<>();
    measured
        .getJsonObject("settings")
        .forEach(each -> words.add(each.getKey() + "=" + each.getValue()));
    Collections.sort(words);
    return "`" + String.join(" ", words) + "`";
  }

  private static String libraries(JsonObject measured) {
    JsonArray names = measured.getJsonArray("libraries");
    List<String> words = new ArrayList<>();
    names.forEach(name -> words.add(name.toString()));
    return "on " + String.join(", ", words);
  }

  /** Earlier runs may not have measured it. */
  private static boolean has(JsonObject measured, String column) {
    return measured.getJsonArray("rounds").getJsonObject(0).containsKey(column);
  }

  static double median(JsonObject measured, String column) {
    JsonArray rounds = measured.getJsonArray("rounds");
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < rounds.size(); i++) {
      values.add(rounds.getJsonObject(i).getDouble(column));
    }
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  private void line(String words) {
    text.append(words).append('\n');
  }
}
