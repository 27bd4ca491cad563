package dev.tailrace.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The results of all layers of proof: one file, {@code {"layer": {"runs": [run, …]}, …}}. It lies
 * where the system property {@code proof.results} says, below {@code target} by default; campaigns
 * write the one that is checked in. Thread-safe, also between processes.
 *
 * <p>A run is an object:
 *
 * <ul>
 *   <li><b>numbers</b> are counts, and add up over runs; {@code most…} keeps the largest, {@code
 *       least…}, {@code …PerSecond} and {@code …PerCpuSecond} the smallest;
 *   <li><b>objects</b> are tables: of numbers ({@code {"SIGKILL": 12}}), or of rows ({@code
 *       {"SIGKILL": {"kills": 12, "lost": 0}}}); they add up by name;
 *   <li><b>arrays</b> are lists, of seeds (or ranges of them) and failures: each entry once;
 *   <li><b>texts</b> and truths: the last one counts.
 * </ul>
 *
 * {@code date}, {@code version} and {@code java} are put in where they are missing.
 */
public final class ProofResults {
  private static final Path DEFAULT = Path.of("target", "proof", "results.json");
  private static final List<String> STAMP = List.of("date", "version", "java");
  private static final String RUNS = "runs";
  private static final Set<String> BEGUN = new HashSet<>(); // guarded by the class

  private ProofResults() {}

  /**
   * Adds a run of a layer. Runs of one day, version and Java become one whose counts are their
   * sums. With {@code -Dproof.fresh=true} the first run of a layer in this JVM replaces what was
   * there.
   *
   * @param layer {@code simulation}, {@code smallWorld}, {@code kills}, {@code planted}, …
   */
  public static synchronized void merge(String layer, JsonObject run) {
    if (Boolean.getBoolean("proof.fresh") && BEGUN.add(layer)) {
      replace(layer, run);
    } else {
      update(layer, run, true);
    }
  }

  /** Puts a run in the place of all earlier ones of its layer. */
  public static synchronized void replace(String layer, JsonObject run) {
    update(layer, run, false);
  }

  /** The commit that is checked out; a plus says that sources were changed since. */
  public static String version() {
    return Version.CHECKED_OUT;
  }

  /** What a file holds; nothing where there is none. */
  static JsonObject read(Path file) {
    try {
      return Files.exists(file) ? new JsonObject(Files.readString(file)) : new JsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The runs of a layer, the oldest first. */
  static List<JsonObject> runs(JsonObject results, String layer) {
    JsonArray runs = results.getJsonObject(layer, new JsonObject()).getJsonArray(RUNS);
    List<JsonObject> list = new ArrayList<>();
    for (int i = 0; runs != null && i < runs.size(); i++) {
      list.add(runs.getJsonObject(i));
    }
    return list;
  }

  /** Two runs as one. */
  static JsonObject sum(JsonObject one, JsonObject other) {
    JsonObject sum = one.copy();
    for (String name : other.fieldNames()) {
      Object there = sum.getValue(name);
      Object more = other.getValue(name);
      sum.put(name, there == null ? more : sum(name, there, more));
    }
    return sum;
  }

  private static Object sum(String name, Object one, Object other) {
    if (one instanceof Number first && other instanceof Number second) {
      return sum(name, first, second);
    }
    if (one instanceof JsonObject first && other instanceof JsonObject second) {
      return sum(first, second);
    }
    if (one instanceof JsonArray first && other instanceof JsonArray second) {
      JsonArray all = first.copy();
      second.stream().filter(entry -> !all.contains(entry)).forEach(all::add);
      return all;
    }
    return other;
  }

  private static Number sum(String name, Number one, Number other) {
    boolean whole = !(one instanceof Double) && !(other instanceof Double);
    if (name.startsWith("most")) {
      return one.doubleValue() > other.doubleValue() ? one : other;
    }
    if (name.startsWith("least") || name.matches(".*Per(Cpu)?Second")) {
      return one.doubleValue() < other.doubleValue() ? one : other;
    }
    return whole
        ? (Number) Math.addExact(one.longValue(), other.longValue())
        : (Number) (one.doubleValue() + other.doubleValue());
  }

  private static void update(String layer, JsonObject run, boolean add) {
    Path file = Path.of(System.getProperty("proof.results", DEFAULT.toString())).toAbsolutePath();
    JsonObject stamped = stamp(run);
    try {
      Files.createDirectories(file.getParent());
      String name = "tailrace-proof-" + Integer.toHexString(file.hashCode()) + ".lock";
      Path lock = Path.of(System.getProperty("java.io.tmpdir"), name);
      try (FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
          FileLock held = channel.lock()) {
        assert held.isValid();
        JsonObject results = read(file);
        List<JsonObject> runs = add ? runs(results, layer) : new ArrayList<>();
        add(runs, stamped);
        results.put(layer, new JsonObject().put(RUNS, new JsonArray(runs)));
        write(file, results);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("results of " + layer + " into " + file, e);
    }
  }

  private static void add(List<JsonObject> runs, JsonObject run) {
    for (int i = 0; i < runs.size(); i++) {
      JsonObject there = runs.get(i);
      if (STAMP.stream().allMatch(name -> there.getValue(name).equals(run.getValue(name)))) {
        runs.set(i, sum(there, run));
        return;
      }
    }
    runs.add(run);
  }

  private static JsonObject stamp(JsonObject run) {
    JsonObject stamped =
        new JsonObject()
            .put("date", LocalDate.now(ZoneOffset.UTC).toString())
            .put("version", Version.CHECKED_OUT)
            .put("java", Runtime.version().feature() + "");
    return stamped.mergeIn(run.copy());
  }

  /** Layers by name, so that two files that say the same are the same. */
  private static void write(Path file, JsonObject results) throws IOException {
    JsonObject sorted = new JsonObject();
    new TreeSet<>(results.fieldNames()).forEach(name -> sorted.put(name, results.getValue(name)));
    Path whole = Files.createTempFile(file.getParent(), "results", ".tmp");
    Files.writeString(whole, sorted.encodePrettily() + "\n");
    Files.move(whole, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /** The commit that is checked out; a plus says that sources were changed since. */
  private static final class Version {
    static final String CHECKED_OUT = read();

    private static String read() {
      String commit = git("rev-parse", "--short", "HEAD");
      boolean changed = !git("status", "--porcelain", "--", "src/main").isEmpty();
      return commit.isEmpty() ? "unknown" : commit + (changed ? "+" : "");
    }

    private static String git(String... arguments) {
      List<String> command = new ArrayList<>(List.of("git"));
      command.addAll(List.of(arguments));
      try {
        Process process =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return process.waitFor() == 0 ? output : "";
      } catch (IOException e) {
        return ""; // sources without git have no commit
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "";
      }
    }
  }
}
