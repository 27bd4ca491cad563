package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code dlq} says before it has reached a broker. */
class DlqCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    configure("dead-letter: {kafka: orders.dlq}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "list --limit 0, --limit must be at least 1",
        "show --since soon, 'soon' is no time",
        "show --key hex:zz, is not hex",
        "replay --rate fast, 'fast' is no rate",
        "replay --rate 0/s, is no rate",
        "replay --to orders, names no destination; allowed: kafka:TOPIC or redis:STREAM",
        "replay --to kafka:orders.dlq, is where the dead letters lie",
        "replay --since 2h, a replay has to find its place again; use --since 2",
        "list --pipeline order, did you mean 'orders'?",
        "purge, nobody can be asked here: use --yes"
      })
  void aMistakeInTheCommandLineEndsWithTwoAndSaysWhatIsRight(String arguments, String said) {
    Invocation run = dlq(arguments);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(said);
  }

  @Test
  void aConfigurationWithoutDeadLettersEndsWithThree() throws IOException {
    configure("");
    Invocation run = dlq("list");
    assertThat(run.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(run.err()).contains("no pipeline has a dead-letter");
    assertThat(dlq("list --pipeline orders").err()).contains("the pipeline orders has no dead");
  }

  @Test
  void theSameChoiceHasTheSameBookmarkInAnyOrderAndAnotherChoiceAnother() {
    String all = selection();
    assertThat(all).isEqualTo("all");
    String chosen = selection("--reason", "a", "--reason", "b", "--key", "k");
    assertThat(selection("--key", "k", "--reason", "b", "--reason", "a", "--limit", "5"))
        .isEqualTo(chosen);
    assertThat(
            List.of(
                all,
                chosen,
                selection("--reason", "a,b", "--key", "k"),
                selection("--reason", "a"),
                selection("--key", "a"),
                selection("--pipeline", "a")))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "1960-01-01T00:00:00Z, 1970-01-01T00:00:00Z",
    "-1000000000-01-01T00:00:00Z, 1970-01-01T00:00:00Z",
    "+1000000000-12-31T00:00:00Z, +292278994-08-17T07:12:55.807Z",
    "2h, 2026-01-31T10:00:00Z"
  })
  void aTimeThatNoBrokerKnowsIsTheNearestThatTheyDo(String since, Instant asked) {
    CommandLine line = new CommandLine(new DlqOptions());
    line.parseArgs("--since=" + since);
    DlqOptions options = line.getCommand();

    assertThat(options.filter(line, Instant.parse("2026-01-31T12:00:00Z")).since())
        .isEqualTo(asked);
  }

  @Test
  void withoutATerminalProgressIsALineInTenSeconds() {
    List<String> lines = progress(false, Duration.ofSeconds(35));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("kafka orders.dlq [#####---------------] 25 of 100");
  }

  @Test
  void onATerminalProgressIsOneLineWrittenAnewAtMostFourTimesASecond() {
    List<String> frames = progress(true, Duration.ofSeconds(10));
    assertThat(frames.stream().filter(line -> line.contains("25 of 100")).count())
        .isBetween(30L, 40L);
  }

  private static List<String> progress(boolean terminal, Duration time) {
    StringWriter written = new StringWriter();
    AtomicLong nanos = new AtomicLong();
    LiveScreen screen = new LiveScreen(new PrintWriter(written), terminal, false, 80);
    ProgressLine progress = new ProgressLine(screen, nanos::get);
    while (nanos.get() < time.toNanos()) {
      nanos.addAndGet(Duration.ofMillis(7).toNanos());
      progress.show(() -> ProgressLine.bar("kafka orders.dlq", 25, 100));
    }
    return written.toString().lines().toList();
  }

  private static String selection(String... arguments) {
    DlqOptions options = new DlqOptions();
    new CommandLine(options).parseArgs(arguments);
    return options.selection(null);
  }

  private Invocation dlq(String arguments) {
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(List.of(arguments.split(" ")));
    all.addAll(List.of("-c", folder.resolve("tailrace.yaml").toString()));
    return Invocation.of(all.toArray(String[]::new));
  }

  private void configure(String deadLetter) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: worker
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders], group: orders, start: earliest}}
            handler: {java: {class: com.acme.NotOnThisPath}}
            %s
        """
            .formatted(deadLetter));
  }
}
