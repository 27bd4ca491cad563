package dev.tailrace.cli;

import dev.tailrace.sink.DeadLetter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts dead letters by what they died of: pipeline, reason, error class. Main thread only.
 *
 * <p>A reason may hold anything, such as an order's number; so there are at most {@value
 * #MOST_GROUPS} groups, and what comes beyond is counted together.
 */
final class DeadLetterGroups {
  /** Groups that are told apart. */
  static final int MOST_GROUPS = 1_000;

  private static final String NONE = "-";
  private static final Kind OTHERS = new Kind(NONE, "(other reasons)", NONE);

  private final Map<Kind, Group> groups = new HashMap<>();
  private long letters;

  private record Kind(String pipeline, String reason, String errorClass) {}

  private record Group(Kind kind, long count, Instant first, Instant last) {
    Group plus(Group other) {
      return new Group(
          kind,
          count + other.count,
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
    }
  }

  /** Counts one. */
  void add(DeadLetter letter) {
    letters++;
    Kind kind = new Kind(letter.pipeline(), letter.reason(), letter.errorClass());
    Kind counted = groups.containsKey(kind) || groups.size() < MOST_GROUPS ? kind : OTHERS;
    Instant at = letter.writtenAt();
    groups.merge(counted, new Group(counted, 1, at, at), Group::plus);
  }

  long letters() {
    return letters;
  }

  /** The most frequent first. */
  private List<Group> sorted() {
    return groups.values().stream()
        .sorted(
            Comparator.comparingLong(Group::count)
                .reversed()
                .thenComparing(group -> group.kind().pipeline())
                .thenComparing(group -> group.kind().reason())
                .thenComparing(group -> group.kind().errorClass()))
        .toList();
  }

  /** A head and a row per group, in columns; nothing where there are no letters. */
  List<String> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("count", "pipeline", "reason", "error class", "first", "last"));
    for (Group group : sorted()) {
      rows.add(
          List.of(
              Phrases.count(group.count()),
              shown(group.kind().pipeline()),
              shown(group.kind().reason()),
              shown(group.kind().errorClass()),
              second(group.first()),
              second(group.last())));
    }
    return groups.isEmpty() ? List.of() : aligned(rows);
  }

  private static List<String> aligned(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String gap = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? gap + row.get(i) : row.get(i) + gap).append("  ");
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String shown(String text) {
    return text.isEmpty() ? NONE : PayloadPreview.line(text);
  }

  private static String second(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  JsonObject json() {
    JsonArray all = new JsonArray();
    for (Group group : sorted()) {
      all.add(
          new JsonObject()
              .put("pipeline", group.kind().pipeline())
              .put("reason", group.kind().reason())
              .put("errorClass", group.kind().errorClass())
              .put("count", group.count())
              .put("first", group.first().toString())
              .put("last", group.last().toString()));
    }
    return new JsonObject().put("letters", letters).put("groups", all);
  }
}
