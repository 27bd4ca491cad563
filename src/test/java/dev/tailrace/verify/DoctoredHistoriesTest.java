package dev.tailrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small event logs with what the checker must say of them: each folder of {@code verify} holds the
 * logs, what else is given, and {@code expected.properties}. Promises that are not named there must
 * not be broken.
 */
final class DoctoredHistoriesTest {
  private static final Path FOLDER = Path.of("src/test/resources/verify");

  @ParameterizedTest
  @MethodSource("histories")
  void theVerdictIsTheOneExpected(Path history) throws IOException {
    Properties expected = properties(history);

    Verdicts verdicts = Verification.check(input(history, expected));

    Map<Guarantee, String> wrong = new EnumMap<>(Guarantee.class);
    for (Verdict verdict : verdicts.verdicts()) {
      String said = verdict.kind().label();
      String name = verdict.guarantee().name();
      boolean right =
          expected.containsKey(name)
              ? said.equals(expected.getProperty(name))
              : verdict.kind() != Verdict.Kind.BROKEN;
      if (!right) {
        wrong.put(verdict.guarantee(), said);
      }
    }
    assertThat(wrong).as("%s%n%s", expected, verdicts.toText()).isEmpty();
    String refused = expected.getProperty("refused");
    if (refused == null) {
      assertThat(verdicts.refusals()).isEmpty();
    } else {
      assertThat(verdicts.refusals()).anyMatch(refusal -> refusal.contains(refused));
      assertThat(verdicts.passed()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("histories")
  void whatIsBrokenIsToldAsAShortStory(Path history) throws IOException {
    Verdicts verdicts = Verification.check(input(history, properties(history)));

    for (Verdict verdict : verdicts.verdicts()) {
      Verdict.CounterExample example = verdict.counterExample();
      assertThat(example != null).isEqualTo(verdict.kind() == Verdict.Kind.BROKEN);
      if (example != null) {
        assertThat(example.sentence()).isNotBlank();
        assertThat(example.story()).hasSizeBetween(1, Verdict.CounterExample.LONGEST_STORY);
        assertThat(verdicts.toText()).contains(example.sentence()).contains(example.story());
      }
    }
  }

  @Test
  void repetitionsAreCountedByWhatExplainsThemAndReportsThatWereCompared() throws IOException {
    assertThat(totals("effect-twice-by-a-death").repetitions()).isEqualTo(Map.of("W1", 1L));
    assertThat(totals("effect-twice").repetitions())
        .isEqualTo(Map.of(Verdicts.Totals.UNATTRIBUTED, 1L));
    assertThat(totals("clean").repetitions()).isEmpty();
    assertThat(totals("report-true").reports()).isOne();
    assertThat(totals("effect-twice").reports()).isZero();
  }

  private static Verdicts.Totals totals(String name) throws IOException {
    Path history = FOLDER.resolve(name);
    return Verification.check(input(history, properties(history))).totals();
  }

  @Test
  void everyPromiseIsBrokenTwiceAndHoldsTwice() throws IOException {
    Map<Guarantee, Integer> broken = new EnumMap<>(Guarantee.class);
    Map<Guarantee, Integer> holds = new EnumMap<>(Guarantee.class);
    for (Path history : histories().toList()) {
      Properties expected = properties(history);
      for (Guarantee guarantee : Guarantee.values()) {
        String verdict = expected.getProperty(guarantee.name(), "");
        broken.merge(guarantee, verdict.equals("broken") ? 1 : 0, Integer::sum);
        holds.merge(guarantee, verdict.equals("holds") ? 1 : 0, Integer::sum);
      }
    }
    for (Guarantee checked : Guarantee.values()) {
      assertThat(broken.get(checked)).as("broken %s", checked).isGreaterThanOrEqualTo(2);
      assertThat(holds.get(checked)).as("holds %s", checked).isGreaterThanOrEqualTo(2);
    }
  }

  static Stream<Path> histories() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.sorted().toList().stream();
    }
  }

  private static VerifyInput input(Path history, Properties expected) throws IOException {
    try (Stream<Path> files = Files.list(history)) {
      List<Path> all = files.sorted().toList();
      return new VerifyInput(
          all.stream().filter(file -> file.getFileName().toString().startsWith("events")).toList(),
          given(history.resolve("effects.jsonl")),
          given(history.resolve("committed.jsonl")),
          all.stream().filter(file -> file.getFileName().toString().startsWith("report")).toList(),
          Expectations.parse(expected.getProperty("expectations", "")));
    }
  }

  private static @Nullable Path given(Path file) {
    return Files.exists(file) ? file : null;
  }

  private static Properties properties(Path history) throws IOException {
    Properties expected = new Properties();
    try (Reader text = Files.newBufferedReader(history.resolve("expected.properties"))) {
      expected.load(text);
    }
    return expected;
  }
}
