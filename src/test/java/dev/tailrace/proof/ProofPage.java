package dev.tailrace.proof;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The page {@code docs/proof.md}: what the results file says, and nothing else. */
public final class ProofPage {
  /** Writes it anew. */
  static final String COMMAND = "mvn -q test-compile exec:java@proof";

  static final Path PAGE = Path.of("docs", "proof.md");
  static final Path RESULTS = Path.of("docs", "proof", "results.json");

  private static final int LISTED = 12;
  private static final Set<String> STAMP = Set.of("date", "version", "java");

  /** Exhausted means this, and no more; SmallWorlds says which budgets there are. */
  private static final String SMALL_WORLD =
      """
      Two instances of the production core, one partition, three messages of two keys, permits for
      two: every interleaving of what may happen, each state once. What a row names may happen at
      any step, or not at all: the crash of either instance; a rebalance, in order or without the
      owner's knowledge; and of all claims, marks and commits as many as named, whichever they are,
      are unknown, with the request or the answer lost. *By turn*, anything may come between two
      turns of a loop; *by occasion*, what a loop does on one occasion is one step, and requests
      are carried out and answered at any time after; *by exchange*, an answer arrives when its
      request is carried out. Handlers end at any time; the clock moves when nothing else can
      happen, save for the early timers, stalls and silences that are named. *Free runs* go through
      exhausted worlds at random, without stopping where a state was met before, and look whether
      they come to any that was not enumerated. *Cut short* are worlds larger than the time that
      the campaign had: nothing broke on the ways that it went, so many as the row says, and of all
      others of these worlds it says nothing.""";

  /** Layers in the order of the page, each with the sentence that says what it is. */
  private static final Map<String, String> LAYERS = layers();

  private final StringBuilder text = new StringBuilder();

  private ProofPage() {}

  /** Writes the page from the results that are checked in. */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(PAGE, page(ProofResults.read(RESULTS), OpenCases.find()));
  }

  /** The text of the page. */
  static String page(JsonObject results, OpenCases open) {
    ProofPage page = new ProofPage();
    page.line("# What was run, and what it found");
    page.line("");
    page.line("Generated from [proof/results.json](proof/results.json), which campaigns write");
    page.line("(`mvn verify -Pchaos`, `mvn verify -Pplanted`); written anew by `" + COMMAND + "`.");
    page.line("What is promised stands in [guarantees.md](guarantees.md).");
    Set<String> layers = new LinkedHashSet<>(LAYERS.keySet());
    layers.addAll(new TreeSet<>(results.fieldNames()));
    for (String layer : layers) {
      page.layer(layer, ProofResults.runs(results, layer));
    }
    page.open(open);
    return page.text.toString();
  }

  private static Map<String, String> layers() {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put(
        "simulation",
        "The production core on simulated loops, a simulated broker and store, faults at any step.");
    layers.put("smallWorld", SMALL_WORLD);
    layers.put("kills", "Real processes, a real broker, a real Redis; faults from outside.");
    layers.put(
        "drains",
        "Real processes that are drained under load, each in its own way, a third of them with a"
            + " fault; gone in time is by their deadline + 500 ms, and what the machine kept them"
            + " waiting for a processor.");
    layers.put(
        "predictions",
        "What pools said that a drain would take, and what it took, on real brokers.");
    layers.put(
        "rebalances",
        "Members that join and leave one group in order, under load, with a real broker.");
    layers.put(
        "healthyKeys",
        "What healthy keys keep of their throughput while 30 % of the keys always fail, by overflow.");
    layers.put(
        "retryLateness",
        "How late messages of a stream run again, of which a thousand are due in each second.");
    layers.put(
        "planted", "Slips planted into a copy of the sources, and the layers that see them.");
    layers.put("mutations", "Event logs of clean runs with one event dropped, doubled or swapped.");
    layers.put("fuzz", "Codecs and readers under inputs that nobody meant.");
    layers.put("lincheck", "Structures that two threads touch.");
    return layers;
  }

  private void layer(String layer, List<JsonObject> runs) {
    line("");
    line("## " + heading(layer));
    line("");
    if (LAYERS.containsKey(layer)) {
      line(LAYERS.get(layer));
      line("");
    }
    if (runs.isEmpty()) {
      line("*not run yet*");
      return;
    }
    JsonObject total = runs.stream().reduce(new JsonObject(), ProofResults::sum);
    countExhausted(total);
    table(List.of("", ""), facts(runs, total));
    for (String name : total.fieldNames()) {
      if (total.getValue(name) instanceof JsonObject table && !table.isEmpty()) {
        line("");
        table(name, table);
      }
    }
  }

  /** What one run has exhausted is not cut short for another that has not. */
  private static void countExhausted(JsonObject total) {
    if (total.getValue("exhausted") instanceof JsonObject exhausted
        && total.getValue("cutShort") instanceof JsonObject cutShort) {
      total.put("mostExhausted", exhausted.size());
      exhausted.fieldNames().forEach(cutShort::remove);
    }
  }

  private static List<List<String>> facts(List<JsonObject> runs, JsonObject total) {
    List<List<String>> facts = new ArrayList<>();
    facts.add(List.of("date", distinct(runs, "date")));
    facts.add(List.of("version", distinct(runs, "version")));
    facts.add(List.of("Java", distinct(runs, "java")));
    for (String name : total.fieldNames()) {
      Object value = total.getValue(name);
      if (!STAMP.contains(name) && !(value instanceof JsonObject)) {
        facts.add(List.of(words(name), cell(value)));
      }
    }
    return facts;
  }

  /** A table of numbers has two columns; one of rows as many as its rows have names. */
  private void table(String name, JsonObject table) {
    Set<String> columns = new LinkedHashSet<>();
    for (String row : table.fieldNames()) {
      if (table.getValue(row) instanceof JsonObject cells) {
        columns.addAll(cells.fieldNames());
      }
    }
    List<String> head = new ArrayList<>(List.of(words(name)));
    columns.forEach(column -> head.add(words(column)));
    List<List<String>> rows = new ArrayList<>();
    for (String row : table.fieldNames()) {
      List<String> cells = new ArrayList<>(List.of(row));
      if (table.getValue(row) instanceof JsonObject object) {
        columns.forEach(column -> cells.add(cell(object.getValue(column))));
      } else {
        cells.add(cell(table.getValue(row)));
      }
      rows.add(cells);
    }
    if (columns.isEmpty()) {
      head.add("");
    }
    table(head, rows);
  }

  private void open(OpenCases open) {
    line("");
    line("## Known and open");
    line("");
    List<List<String>> rows = new ArrayList<>();
    open.disabledTests().forEach((test, reason) -> rows.add(List.of("`" + test + "`", reason)));
    open.bugsToCome().forEach((bug, reason) -> rows.add(List.of("planted bug: " + bug, reason)));
    if (rows.isEmpty()) {
      line("No test is disabled.");
    } else {
      table(List.of("Disabled, or to come", "Why"), rows);
    }
  }

  private void table(List<String> head, List<List<String>> rows) {
    line(row(head));
    line("|" + "---|".repeat(head.size()));
    rows.forEach(row -> line(row(row)));
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String distinct(List<JsonObject> runs, String name) {
    return runs.stream()
        .map(run -> run.getString(name))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String cell(Object value) {
    if (value == null) {
      return "–";
    }
    if (value instanceof Double || value instanceof Float) {
      return String.format(Locale.ROOT, "%,.1f", ((Number) value).doubleValue());
    }
    if (value instanceof Number number) {
      return String.format(Locale.ROOT, "%,d", number.longValue());
    }
    if (value instanceof JsonArray list) {
      return list(list);
    }
    if (value instanceof Boolean truth) {
      return truth ? "yes" : "no";
    }
    return value.toString();
  }

  private static String list(JsonArray list) {
    if (list.isEmpty()) {
      return "none";
    }
    String first =
        list.stream().limit(LISTED).map(String::valueOf).collect(Collectors.joining(", "));
    return list.size() > LISTED ? first + " and " + (list.size() - LISTED) + " more" : first;
  }

  private static String heading(String layer) {
    String words = words(layer);
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static String words(String name) {
    return name.matches("[a-z]+([A-Z][a-z0-9]*)*")
        ? name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
        : name;
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
