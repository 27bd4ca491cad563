package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One page of {@code /metrics}, read as anybody could read it: from its text alone. Immutable.
 *
 * @param samples those of ours, in their order
 */
public record MetricsPage(List<Sample> samples) {
  private static final Pattern LINE =
      Pattern.compile("^(tailrace_\\w+)(?:\\{(.*)})? (\\S+)", Pattern.MULTILINE);
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final String RECEIVED = "tailrace_messages_received_total";
  private static final String FINISHED = "tailrace_messages_finished_total";
  private static final String RELEASED = "tailrace_messages_released_total";
  private static final String ABANDONED = "tailrace_messages_abandoned_total";
  private static final String IN_FLIGHT = "tailrace_messages_in_flight";

  /**
   * One line.
   *
   * @param name as Prometheus has it
   * @param labels by name
   * @param value its value
   */
  public record Sample(String name, Map<String, String> labels, double value) {}

  /** Reads a page. */
  public static MetricsPage parse(String text) {
    List<Sample> samples = new ArrayList<>();
    Matcher lines = LINE.matcher(text);
    while (lines.find()) {
      Map<String, String> labels = new LinkedHashMap<>();
      Matcher label = LABEL.matcher(Objects.requireNonNullElse(lines.group(2), ""));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
      samples.add(new Sample(lines.group(1), labels, Double.parseDouble(lines.group(3))));
    }
    return new MetricsPage(List.copyOf(samples));
  }

  /** The sum of all samples of a name in which a label has a value. */
  public double sum(String name, String label, String value) {
    return of(name)
        .filter(sample -> value.equals(sample.labels().get(label)))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** The sum of all samples of a name. */
  public double sum(String name) {
    return of(name).mapToDouble(Sample::value).sum();
  }

  /** All messages received. */
  public long received() {
    return (long) sum(RECEIVED);
  }

  /** Those finished in one way. */
  public long finished(String outcome) {
    return (long) sum(FINISHED, "outcome", outcome);
  }

  /** Those that went back. */
  public long released() {
    return (long) sum(RELEASED);
  }

  /** Those left behind. */
  public long abandoned() {
    return (long) sum(ABANDONED);
  }

  /** Those here, in all stages. */
  public long inFlight() {
    return (long) sum(IN_FLIGHT);
  }

  /** The state that is one; fails where not exactly one is. */
  public String state() {
    List<Sample> ones = of("tailrace_state").filter(sample -> sample.value() == 1).toList();
    assertThat(ones).hasSize(1);
    return Objects.requireNonNull(ones.get(0).labels().get("state"));
  }

  /** The names of all pipelines on the page. */
  public Set<String> pipelines() {
    return of(RECEIVED)
        .map(sample -> Objects.requireNonNull(sample.labels().get("pipeline")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Names of meters with the names of their labels; what a histogram adds is left out. */
  public Map<String, Set<String>> shapes() {
    Map<String, Set<String>> shapes = new TreeMap<>();
    for (Sample sample : samples) {
      if (!sample.name().matches(".*_(bucket|sum|max)")) {
        shapes
            .computeIfAbsent(sample.name(), any -> new TreeSet<>())
            .addAll(sample.labels().keySet());
      }
    }
    return shapes;
  }

  /** Fails where one message of a pipeline is not accounted for exactly once. */
  public void assertAddsUp() {
    assertThat(pipelines()).isNotEmpty();
    for (String pipeline : pipelines()) {
      double accounted =
          Stream.of(FINISHED, RELEASED, ABANDONED, IN_FLIGHT)
              .mapToDouble(name -> sum(name, "pipeline", pipeline))
              .sum();
      assertThat(sum(RECEIVED, "pipeline", pipeline)).as(pipeline).isEqualTo(accounted);
    }
  }

  /** Fails where a counter is lower than it was before. */
  public void assertCountsOnFrom(MetricsPage before) {
    Map<String, Double> now = counters();
    before
        .counters()
        .forEach(
            (counter, value) ->
                assertThat(now.getOrDefault(counter, -1.0))
                    .as(counter)
                    .isGreaterThanOrEqualTo(value));
  }

  private Map<String, Double> counters() {
    return samples.stream()
        .filter(sample -> sample.name().matches(".*_(total|count|sum|bucket)"))
        .collect(Collectors.toMap(sample -> sample.name() + sample.labels(), Sample::value));
  }

  private Stream<Sample> of(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name));
  }
}
