package dev.tailrace.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The end of {@code java -jar tailrace.jar run}: SIGTERM after some time, and how long it takes
 * until the process is gone, beside what its own report says.
 */
final class ProcessEnd {
  private static final Path JAR = Path.of("target", "tailrace.jar").toAbsolutePath();
  private static final Path HANDLER =
      Path.of("bench", "clients", "target", "bench-clients-0.1.0-SNAPSHOT.jar");
  private static final String LAST_COMMITS = "settle"; // the phase that ends with them
  private static final long PATIENCE_SECONDS = 60;

  private ProcessEnd() {}

  /** Starts one, lets it work, ends it. */
  static Measured measure(ContenderPlan plan, Map<String, String> settings) throws Exception {
    Path folder = Files.createTempDirectory("bench-end");
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    Files.copy(HANDLER, plugins.resolve("handler.jar"));
    Files.writeString(folder.resolve("tailrace.yaml"), config(settings));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(plan))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await(process, log, "running: ");
      // Then it works, or has nothing to do.
      if (process.waitFor(Long.parseLong(settings.get("seconds")), TimeUnit.SECONDS)) {
        throw new IllegalStateException("it ended by itself: " + Files.readString(log));
      }
      CompletableFuture<Long> gone = process.onExit().thenApply(any -> System.nanoTime());
      long signalled = System.nanoTime();
      process.destroy();
      double exit = (gone.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - signalled) / 1e6;
      if (process.exitValue() != 0) {
        throw new IllegalStateException("no clean end: " + Files.readString(log));
      }
      return measured(exit, new JsonObject(Files.readString(folder.resolve("report.json"))));
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(ContenderPlan plan) {
    List<String> command = new ArrayList<>();
    String home = Objects.requireNonNull(ContenderProcess.home(plan));
    command.add(Path.of(home, "bin", "java").toString());
    command.addAll(List.of(ContenderProcess.options().split(" ")));
    command.addAll(List.of("-jar", JAR.toString(), "run", "--report", "report.json"));
    return command;
  }

  private static String config(Map<String, String> settings) {
    return """
        name: bench
        kafka: {bootstrap.servers: "%s"}
        admin: {port: 0}
        probes: {port: 0}
        pipelines:
          - name: bench
            source: {kafka: {topics: [%s], group: %s, start: earliest}}
            order: %s
            concurrency: %s
            handler:
              java: {class: com.example.bench.TimerHandler, config: {millis: %s}}
            idempotency: {store: none}
            retry: {on-exhausted: discard}
        """
        .formatted(
            settings.get("bootstrap"),
            settings.get("topic"),
            settings.get("group"),
            settings.get("order"),
            settings.get("concurrency"),
            settings.get("work-millis"));
  }

  private static void await(Process process, Path log, String words)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(log).contains(words)) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
        throw new IllegalStateException("no word of '" + words + "': " + Files.readString(log));
      }
    }
  }

  private static Measured measured(double exitMillis, JsonObject report) {
    double commits = 0;
    JsonArray phases = report.getJsonArray("phases");
    for (int i = 0; i < phases.size(); i++) {
      commits += phases.getJsonObject(i).getLong("durationMillis");
      if (phases.getJsonObject(i).getString("name").equals(LAST_COMMITS)) {
        return Measured.end(commits, exitMillis, report.getLong("durationMillis"));
      }
    }
    throw new IllegalStateException("no phase " + LAST_COMMITS + ": " + report);
  }
}
