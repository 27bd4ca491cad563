package dev.tailrace.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.planted.BugHunt.Finding;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code mvn verify -Pplanted}: every planted bug is caught, and by the layers that its patch
 * names; the sources as they are pass the same layers.
 *
 * <p>Integration tests run where no cheaper layer has to notice, or with {@code
 * -Dplanted.all=true}. {@code -Dplanted=03,17} hunts some only, and records nothing; {@code
 * -Dplanted.first=true} hunts only with the layers that must notice, up to the first that does.
 * {@code -Dplanted.parallel=N} says how many at once.
 */
final class PlantedBugs {
  private static final String AS_THEY_ARE = "the sources as they are";

  private static final Path FOLDER = Path.of("target", "planted");

  private final boolean all = Boolean.getBoolean("planted.all");
  private final boolean firstOnly = Boolean.getBoolean("planted.first");
  private final List<String> chosen =
      Arrays.stream(System.getProperty("planted", "").split(",", -1))
          .filter(number -> !number.isEmpty())
          .toList();

  private record Hunt(PlantedBug bug, Future<List<Finding>> findings) {}

  @Test
  void areAllCaught() throws Exception {
    long began = System.nanoTime();
    List<PlantedBug> bugs =
        PlantedBug.all().stream()
            .filter(bug -> chosen.isEmpty() || chosen.contains(bug.name().split("-", 2)[0]))
            .toList();
    ExecutorService workers =
        Executors.newFixedThreadPool(Integer.getInteger("planted.parallel", 2));
    List<Hunt> hunts = new ArrayList<>();
    List<Layer> every = layers(bugs);
    Future<List<Finding>> clean =
        workers.submit(() -> every.isEmpty() ? List.of() : hunt(null, every));
    for (PlantedBug bug : bugs) {
      hunts.add(new Hunt(bug, workers.submit(() -> hunt(bug, layers(bug)))));
    }
    List<String> complaints = new ArrayList<>();
    JsonObject table = new JsonObject();
    for (Finding finding : clean.get()) {
      if (finding.caught()) {
        complaints.add(AS_THEY_ARE + ": " + finding.test() + " fails: " + finding.message());
      }
    }
    for (Hunt hunt : hunts) {
      List<Finding> findings;
      try {
        findings = hunt.findings().get();
      } catch (ExecutionException failure) {
        complaints.add(hunt.bug().name() + ": " + failure.getCause());
        continue;
      }
      complaints.addAll(missed(hunt.bug(), findings));
      table.put(hunt.bug().name(), row(hunt.bug(), findings));
    }
    workers.shutdown();
    if (chosen.isEmpty() && complaints.isEmpty()) {
      record(table, bugs.size(), (System.nanoTime() - began) / 1e9);
    }
    assertThat(complaints).isEmpty();
  }

  private List<Layer> layers(PlantedBug bug) {
    List<Layer> layers = new ArrayList<>(Layer.CHEAP);
    if (firstOnly) {
      layers.removeIf(layer -> !bug.caughtBy().contains(layer.name()));
    }
    if (!bug.interleavings().isEmpty()) {
      layers.add(Layer.interleavings(bug.interleavings()));
    }
    if (needsIntegration(bug)) {
      layers.add(Layer.integration(bug.integration()));
    }
    return layers;
  }

  private boolean needsIntegration(PlantedBug bug) {
    return !bug.integration().isEmpty()
        && (all || bug.caughtBy().equals(List.of(Layer.INTEGRATION)));
  }

  /** What the sources as they are must pass: all that is asked of any bug. */
  private List<Layer> layers(List<PlantedBug> bugs) {
    List<Layer> layers = new ArrayList<>(firstOnly ? List.of() : Layer.CHEAP);
    Set<String> interleavings = new TreeSet<>();
    Set<String> integration = new TreeSet<>();
    for (PlantedBug bug : bugs) {
      interleavings.addAll(bug.interleavings());
      integration.addAll(needsIntegration(bug) ? bug.integration() : List.of());
    }
    if (!interleavings.isEmpty()) {
      layers.add(Layer.interleavings(List.copyOf(interleavings)));
    }
    if (!integration.isEmpty()) {
      layers.add(Layer.integration(List.copyOf(integration)));
    }
    return layers;
  }

  private List<Finding> hunt(@Nullable PlantedBug bug, List<Layer> layers) throws Exception {
    String name = bug == null ? "00-" + AS_THEY_ARE.replace(' ', '-') : bug.name();
    Path own = emptied(FOLDER.resolve(name));
    Path jar = Path.of(System.getProperty("tailrace.jar", "target/tailrace.jar"));
    List<Finding> findings = new BugHunt(own, jar).run(bug, layers);
    say("%s", name);
    for (Finding finding : findings) {
      String passed = finding.passed() + " tests pass";
      say(
          "    %-12s %6.1f s  %s",
          finding.layer(), finding.seconds(), Objects.requireNonNullElse(finding.test(), passed));
    }
    return findings;
  }

  /** What an earlier hunt left goes; what this one leaves can be looked into. */
  private static Path emptied(Path own) throws IOException {
    if (Files.exists(own)) {
      try (Stream<Path> files = Files.walk(own)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(own);
  }

  private static List<String> missed(PlantedBug bug, List<Finding> findings) {
    List<String> missed = new ArrayList<>();
    if (findings.stream().noneMatch(Finding::caught)) {
      missed.add(bug.name() + ": no layer notices");
    }
    for (Finding finding : findings) {
      if (!finding.caught() && bug.caughtBy().contains(finding.layer())) {
        missed.add(bug.name() + ": the layer " + finding.layer() + " does not notice any more");
      }
    }
    return missed;
  }

  private static JsonObject row(PlantedBug bug, List<Finding> findings) {
    JsonObject row = new JsonObject().put("slip", bug.slip()).put("breaks", bug.promise());
    for (Layer layer : Layer.CHEAP) {
      row.put(layer.name(), "not run");
    }
    for (Finding finding : findings) {
      row.put(finding.layer(), finding.caught() ? caught(finding) : "–");
    }
    return row;
  }

  private static String caught(Finding finding) {
    return String.format(Locale.ROOT, "`%s`, %.1f s", finding.test(), finding.seconds());
  }

  private static void record(JsonObject table, int bugs, double seconds) {
    ProofResults.replace(
        "planted",
        new JsonObject()
            .put("bugsPlanted", bugs)
            .put("caught", bugs)
            .put("seconds", (double) Math.round(seconds))
            .put("unpatchedSourcesPass", true)
            .put("bugs", table));
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
