package dev.tailrace.chaos;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of one round, or of many: counts by name, tables of counts, and what was wrong. For one
 * thread.
 */
final class RoundResult {
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Map<String, Long>> tables = new TreeMap<>();
  private final List<String> problems;

  RoundResult(List<String> problems) {
    this.problems = problems;
  }

  void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  void most(String name, long value) {
    counts.merge(name, value, Math::max);
  }

  void add(String table, String row, long count) {
    tables.computeIfAbsent(table, name -> new TreeMap<>()).merge(row, count, Long::sum);
  }

  long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  Map<String, Long> table(String name) {
    return tables.getOrDefault(name, Map.of());
  }

  /** What was wrong; nothing where the round passed. */
  List<String> problems() {
    return problems;
  }

  /** Takes the counts of a round; extremes stay extremes. */
  void plus(RoundResult round) {
    round.counts.forEach(
        (name, count) -> {
          if (name.startsWith("most")) {
            most(name, count);
          } else {
            add(name, count);
          }
        });
    round.tables.forEach((table, rows) -> rows.forEach((row, count) -> add(table, row, count)));
    problems.addAll(round.problems);
  }

  /** As it goes into the results of campaigns; without what was wrong, which names files. */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    counts.forEach(json::put);
    tables.forEach((table, rows) -> json.put(table, new JsonObject(new TreeMap<>(rows))));
    return json;
  }

  @Override
  public String toString() {
    return counts + " " + tables;
  }
}
