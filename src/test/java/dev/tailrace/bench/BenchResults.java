package dev.tailrace.bench;

import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of all workloads, each of its last run: one file, and a page made of it. */
final class BenchResults {
  static final Path FILE = Path.of("docs", "benchmarks", "results.json");

  private final JsonObject results;

  private BenchResults(JsonObject results) {
    this.results = results;
  }

  static BenchResults read() throws IOException {
    return new BenchResults(
        Files.exists(FILE) ? new JsonObject(Files.readString(FILE)) : new JsonObject());
  }

  /** The run of a workload; null where it was not run. */
  JsonObject run(Workload workload) {
    return results.getJsonObject(workload.name(), new JsonObject());
  }

  /** Puts a run in the place of the one before. */
  void put(Workload workload, Map<String, List<Measured>> rounds) {
    JsonObject contenders = new JsonObject();
    for (ContenderPlan plan : workload.contenders()) {
      List<Measured> measured = rounds.get(plan.name());
      if (measured != null) {
        contenders.put(plan.name(), contender(workload, plan, measured));
      }
    }
    results.put(
        workload.name(),
        new JsonObject()
            .put("date", LocalDate.now(ZoneOffset.UTC).toString())
            .put("version", ProofResults.version())
            .put("java", Runtime.version().toString())
            .put("machine", Machine.describe())
            .put("jvm", ContenderProcess.options())
            .put("command", command(workload))
            .put("contenders", contenders));
  }

  private static String command(Workload workload) {
    String messages = System.getProperty("bench.messages");
    return "mvn verify -Pbench -Dbench.workload="
        + workload.name()
        + (messages == null ? "" : " -Dbench.messages=" + messages);
  }

  private static JsonObject contender(
      Workload workload, ContenderPlan plan, List<Measured> rounds) {
    JsonObject settings = new JsonObject();
    workload.settings().forEach(settings::put);
    plan.settings().forEach(settings::put);
    return new JsonObject()
        .put("settings", settings)
        .put(
            "libraries",
            new JsonArray(
                ContenderProcess.libraries(plan.module()).stream()
                    .map(jar -> jar.getFileName().toString().replace(".jar", ""))
                    .filter(name -> !name.startsWith("bench-"))
                    .collect(Collectors.toList())))
        .put("rounds", new JsonArray(rounds.stream().map(JsonObject::mapFrom).toList()));
  }

  /** Writes the file and the page. */
  void write() throws IOException {
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, results.encodePrettily() + "\n");
    Files.writeString(BenchmarksPage.PAGE, BenchmarksPage.page(this));
  }
}
