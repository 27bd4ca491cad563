package dev.tailrace.planted;

import com.github.difflib.patch.PatchFailedException;
import dev.tailrace.local.TestClassPath;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for one bug with all layers, in child JVMs that see its classes first. */
final class BugHunt {
  private static final List<String> JVM =
      List.of(
          "-ea",
          "-Xmx1g",
          "--enable-native-access=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED");

  /** Whether layers after the first that notices are left out, to have an answer soon. */
  private static final boolean FIRST_ONLY = Boolean.getBoolean("planted.first");

  private final Path folder;
  private final Path fatJar;

  /**
   * What a layer made of a bug.
   *
   * @param layer its name
   * @param test the first test that failed, or null where none did
   * @param message what it said
   * @param passed how many tests passed before
   * @param seconds until the first failure, or to the end
   */
  record Finding(String layer, @Nullable String test, String message, int passed, double seconds) {
    boolean caught() {
      return test != null;
    }

    private static Finding of(JsonObject line) {
      return new Finding(
          line.getString("layer"),
          line.getString("test"),
          line.getString("message", "").strip(),
          line.getInteger("passed", 0),
          line.getDouble("seconds"));
    }
  }

  /**
   * Prepares it.
   *
   * @param folder for all files of this bug; emptied by nobody, so that it can be looked into
   * @param fatJar the unpatched one
   */
  BugHunt(Path folder, Path fatJar) {
    this.folder = folder;
    this.fatJar = fatJar;
  }

  /** Runs all layers against a bug, or against the sources as they are where it is null. */
  List<Finding> run(@Nullable PlantedBug bug, List<Layer> layers)
      throws IOException, InterruptedException, PatchFailedException {
    Path classes = folder.resolve("classes");
    Set<Path> changed = Set.of();
    Path jar = fatJar;
    if (bug != null) {
      PatchedClasses.build(bug, folder);
      changed = bug.patched().keySet();
      boolean processes = layers.stream().anyMatch(layer -> layer.name().equals(Layer.INTEGRATION));
      jar = processes ? PatchedClasses.jar(fatJar, classes, folder.resolve("tailrace.jar")) : jar;
    }
    Map<String, Finding> findings = new LinkedHashMap<>();
    List<Layer> left = new ArrayList<>(layers);
    while (!left.isEmpty()) {
      int before = findings.size();
      for (Finding finding : child(left, changed, jar)) {
        findings.put(finding.layer(), finding);
      }
      left.removeIf(layer -> findings.containsKey(layer.name()));
      if (FIRST_ONLY && findings.values().stream().anyMatch(Finding::caught)) {
        break;
      }
      if (findings.size() == before) {
        throw new IllegalStateException("a run without any result; see " + folder);
      }
    }
    return List.copyOf(findings.values());
  }

  /** One JVM: as many layers as it gets through before one hangs. */
  private List<Finding> child(List<Layer> layers, Set<Path> changed, Path jar)
      throws IOException, InterruptedException {
    JsonArray orders = new JsonArray();
    for (Layer layer : layers) {
      List<String> classes = layer.classes(changed);
      if (classes.isEmpty()) {
        throw new IllegalStateException("no test in the layer " + layer.name());
      }
      orders.add(
          new JsonObject()
              .put("layer", layer.name())
              .put("limitMillis", layer.limit().toMillis())
              .put("classes", new JsonArray(classes)));
    }
    Path order =
        Files.writeString(Files.createTempFile(folder, "layers", ".json"), orders.encode());
    Path results = Files.createTempFile(folder, "results", ".jsonl");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.add("-Dplanted.first=" + FIRST_ONLY);
    command.add("-Dtailrace.jar=" + jar.toAbsolutePath());
    command.add("-Dproof.results=" + folder.resolve("proof.json").toAbsolutePath());
    command.add("-cp");
    command.add(folder.resolve("classes") + File.pathSeparator + TestClassPath.joined());
    command.add(LayerRunner.class.getName());
    command.addAll(List.of(order.toString(), results.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output.log").toFile()))
            .start();
    try {
      process.waitFor(); // it ends itself when a layer passes its limit
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(results).stream()
        .map(line -> Finding.of(new JsonObject(line)))
        .toList();
  }
}
