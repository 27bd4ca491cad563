package dev.tailrace.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checker's answer. Immutable.
 *
 * @param verdicts one per promise, in their order
 * @param refusals why the run proves nothing, whatever the verdicts say; empty where it does
 * @param totals what was read
 */
public record Verdicts(List<Verdict> verdicts, List<String> refusals, Totals totals) {
  /** Copies both lists. */
  public Verdicts {
    verdicts = List.copyOf(verdicts);
    refusals = List.copyOf(refusals);
  }

  /**
   * What was read.
   *
   * @param events lines of event logs
   * @param processes incarnations in them
   * @param kills incarnations that did not end a drain
   * @param messages distinct messages
   * @param finished of them, finished by anyone
   * @param waiting of them, not finished and still held by the broker
   * @param repeated of them, finished by their handler more than once, or with several effects
   * @param repetitions how often, by the window that explains it: {@code W1} to {@code W4}, {@code
   *     grade A}, or {@link #UNATTRIBUTED}
   * @param reports those of drains that were compared with the log of their process
   */
  public record Totals(
      long events,
      int processes,
      int kills,
      long messages,
      long finished,
      long waiting,
      long repeated,
      Map<String, Long> repetitions,
      int reports) {
    /** The repetitions that break the promise. */
    public static final String UNATTRIBUTED = "unattributed";

    /** Copies the repetitions, in their order. */
    public Totals {
      repetitions = Collections.unmodifiableMap(new LinkedHashMap<>(repetitions));
    }
  }

  /** Whether the run proves something, and no promise was broken. */
  public boolean passed() {
    return refusals.isEmpty()
        && verdicts.stream().noneMatch(verdict -> verdict.kind() == Verdict.Kind.BROKEN);
  }

  /** The verdict on one promise. */
  public Verdict of(Guarantee guarantee) {
    return verdicts.stream()
        .filter(verdict -> verdict.guarantee() == guarantee)
        .findFirst()
        .orElseThrow();
  }

  /** The answer for people: a line per promise, a story under each that is broken. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    for (Verdict verdict : verdicts) {
      text.append(
          String.format(
              "%-4s%-14s %s: %s%n",
              verdict.guarantee(),
              verdict.kind().label(),
              verdict.guarantee().title(),
              verdict.detail()));
      Verdict.CounterExample example = verdict.counterExample();
      if (example != null) {
        text.append(String.format("      %s%n", example.sentence()));
        example.story().forEach(line -> text.append(String.format("        %s%n", line)));
      }
    }
    text.append(
        String.format(
            "%s of %s (%d killed); %s, %d finished, %d waiting, %d repeated%n",
            Verdict.count(totals.events(), "event"),
            Verdict.count(totals.processes(), "process"),
            totals.kills(),
            Verdict.count(totals.messages(), "message"),
            totals.finished(),
            totals.waiting(),
            totals.repeated()));
    refusals.forEach(refusal -> text.append(String.format("refused: %s%n", refusal)));
    return text.toString();
  }

  /** The answer for programs, as one JSON object. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeBooleanField("passed", passed());
      json.writeArrayFieldStart("verdicts");
      for (Verdict verdict : verdicts) {
        write(json, verdict);
      }
      json.writeEndArray();
      strings(json, "refusals", refusals);
      json.writeObjectFieldStart("totals");
      json.writeNumberField("events", totals.events());
      json.writeNumberField("processes", totals.processes());
      json.writeNumberField("kills", totals.kills());
      json.writeNumberField("messages", totals.messages());
      json.writeNumberField("finished", totals.finished());
      json.writeNumberField("waiting", totals.waiting());
      json.writeNumberField("repeated", totals.repeated());
      json.writeObjectFieldStart("repetitions");
      for (Map.Entry<String, Long> window : totals.repetitions().entrySet()) {
        json.writeNumberField(window.getKey(), window.getValue());
      }
      json.writeEndObject();
      json.writeNumberField("reports", totals.reports());
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Verdict verdict) throws IOException {
    json.writeStartObject();
    json.writeStringField("promise", verdict.guarantee().name());
    json.writeStringField("verdict", verdict.kind().label());
    json.writeStringField("detail", verdict.detail());
    Verdict.CounterExample example = verdict.counterExample();
    if (example != null) {
      json.writeStringField("counterExample", example.sentence());
      strings(json, "story", example.story());
    }
    json.writeEndObject();
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
