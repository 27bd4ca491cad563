package dev.tailrace.cli;

import dev.tailrace.cli.BenchWindow.Reading;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured, as medians and as ratios to the first contender. Main thread only. */
final class BenchTable {
  private final BenchSubject subject;
  private final BenchWork work;
  private final Map<String, List<Reading>> rounds = new LinkedHashMap<>();

  BenchTable(BenchSubject subject, BenchWork work) {
    this.subject = subject;
    this.work = work;
  }

  void add(String contender, Reading reading) {
    rounds.computeIfAbsent(contender, first -> new ArrayList<>()).add(reading);
  }

  private static Reading median(List<Reading> readings) {
    return new Reading(median(readings, Reading::rate), median(readings, Reading::cpuMicros));
  }

  private static double median(List<Reading> readings, ToDoubleFunction<Reading> figure) {
    double[] sorted = readings.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** How many messages a second the permits allow; infinite where each is done at once. */
  private double limit() {
    return work.isNothing()
        ? Double.POSITIVE_INFINITY
        : subject.pipeline().limits().concurrency() * 1e9 / work.each().toNanos();
  }

  /** For people. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s of %,d bytes, %s; order %s, %,d at once, %s%s"
            .formatted(
                Phrases.count(work.messages(), "message"),
                work.size(),
                Phrases.count(work.keys(), "key"),
                subject.order(),
                subject.pipeline().limits().concurrency(),
                work.isNothing() ? "no work" : Phrases.duration(work.each()) + " of work each",
                subject.pipeline().knowsRepeats() ? ", keys claimed and marked" : ""));
    lines.add("");
    boolean compared = rounds.size() > 1;
    lines.add(
        "%-24s %12s %-9s %14s %-9s"
            .formatted("", "messages/s", "", "CPU µs/message", "")
            .stripTrailing());
    Reading base = median(rounds.values().iterator().next());
    rounds.forEach(
        (label, readings) -> {
          Reading reading = median(readings);
          lines.add(
              String.format(
                      Locale.ROOT,
                      "%-24s %,12.0f %-9s %14.2f %-9s",
                      label,
                      reading.rate(),
                      compared ? ratio(reading.rate() / base.rate()) : "",
                      reading.cpuMicros(),
                      compared ? ratio(reading.cpuMicros() / base.cpuMicros()) : "")
                  .stripTrailing());
        });
    lines.add("");
    lines.add(footnote(compared));
    return String.join(System.lineSeparator(), lines);
  }

  private String footnote(boolean compared) {
    String medians = "Medians of " + Phrases.count(work.rounds(), "round");
    if (compared) {
      return medians + "; ratios to the client alone, which works on nothing and keeps no order.";
    }
    return work.isNothing()
        ? medians + "."
        : medians
            + String.format(Locale.ROOT, "; the permits allow %,.0f messages a second.", limit());
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, "(%.2f ×)", ratio);
  }

  /** For programs. */
  JsonObject json() {
    JsonArray contenders = new JsonArray();
    rounds.forEach((label, readings) -> contenders.add(contender(label, readings)));
    JsonObject json =
        new JsonObject()
            .put("messages", work.messages())
            .put("size", work.size())
            .put("keys", work.keys())
            .put("workMillis", work.each().toMillis())
            .put("order", subject.order())
            .put("concurrency", subject.pipeline().limits().concurrency())
            .put("idempotency", subject.pipeline().knowsRepeats());
    if (!work.isNothing()) {
      json.put("limit", limit());
    }
    return json.put("contenders", contenders);
  }

  private static JsonObject contender(String label, List<Reading> readings) {
    JsonArray rounds = new JsonArray();
    readings.forEach(reading -> rounds.add(figures(reading)));
    return new JsonObject()
        .put("name", label)
        .put("median", figures(median(readings)))
        .put("rounds", rounds);
  }

  private static JsonObject figures(Reading reading) {
    return new JsonObject().put("rate", reading.rate()).put("cpuMicros", reading.cpuMicros());
  }
}
