package dev.tailrace.bench;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs a contender in a JVM of its own, and reads what it measured of itself. */
final class ContenderProcess {
  private static final Path BENCH = Path.of("bench");
  private static final String MAIN = "dev.tailrace.bench.frame.ContenderMain";
  private static final String RESULT = "result ";
  private static final List<String> OPTIONS =
      List.of("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED");

  private ContenderProcess() {}

  /** The options of its JVM, as a person would write them. */
  static String options() {
    return String.join(" ", OPTIONS);
  }

  /** Where its JVM is; null where none is known that it may run on. */
  static @Nullable String home(ContenderPlan plan) {
    return System.getProperty(plan.needsNewerJava() ? "bench.newer-java" : "java.home");
  }

  /** Several of the same at once; what each has measured. */
  static List<JsonObject> run(ContenderPlan plan, Map<String, String> settings, int instances)
      throws Exception {
    Callable<JsonObject> instance = () -> run(plan, settings);
    ExecutorService threads = Executors.newFixedThreadPool(instances);
    try {
      List<JsonObject> results = new ArrayList<>();
      for (Future<JsonObject> one : threads.invokeAll(Collections.nCopies(instances, instance))) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }

  private static JsonObject run(ContenderPlan plan, Map<String, String> settings) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(Objects.requireNonNull(home(plan)), "bin", "java").toString());
    command.addAll(OPTIONS);
    String more = System.getProperty("bench.jvm", "");
    command.addAll(Stream.of(more.split(" ")).filter(each -> !each.isEmpty()).toList());
    command.addAll(List.of("-cp", classPath(plan.module()), MAIN, plan.type()));
    settings.forEach((name, value) -> command.add(name + "=" + value));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String result =
          out.lines()
              .filter(line -> line.startsWith(RESULT))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException(plan.name() + " measured nothing"));
      return new JsonObject(result.substring(RESULT.length()));
    } finally {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  /** The module's classes, its libraries, and for those that need it what ships of Tailrace. */
  private static String classPath(String module) {
    List<String> entries = new ArrayList<>();
    Path target = BENCH.resolve(module).resolve("target");
    entries.add(target.resolve("classes").toString());
    libraries(module).forEach(jar -> entries.add(jar.toString()));
    if (module.equals("clients")) {
      entries.add(Path.of("target", "tailrace.jar").toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  /** The jars that a module's contenders run with, by name. */
  static List<Path> libraries(String module) {
    Path folder = BENCH.resolve(module).resolve("target").resolve("lib");
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("bench/ is not built: mvn -f bench/pom.xml package", e);
    }
  }
}
