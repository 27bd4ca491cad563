package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bench} refuses before it asks a broker. */
class BenchCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --messages 999            | --messages must be at least 1000, not 999
          --size -1                 | --size must be at least 0, not -1
          --keys 0                  | --keys must be at least 1, not 0
          --partitions 0            | --partitions must be at least 1, not 0
          --rounds 0                | --rounds must be at least 1, not 0
          --work soon               | --work:
          --kafka a:1 --redis b     | give one of --config, --kafka and --redis
          --kafka a:1 -c x.yaml     | give one of --config, --kafka and --redis
          """)
  void refusesWhatCannotBeMeasured(String options, String complaint) {
    Invocation invocation = bench(options.split(" "));

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains(complaint);
  }

  @Test
  void namesThePipelinesThatThereAre() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("tailrace.yaml"),
            """
            name: test
            pipelines:
              - {name: orders, source: {kafka: {topics: [o], group: g, start: earliest}}, handler: {log: {}}}
            """);

    Invocation invocation = bench("-c", config.toString(), "--pipeline", "order");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("there is no pipeline 'order'; did you mean 'orders'?");
  }

  @Test
  void withoutAConfigurationItSaysHowToMeasureWithoutOne() {
    Invocation invocation = bench("--rounds", "1");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(invocation.err())
        .contains("there is no tailrace.yaml here")
        .contains("--kafka HOST:PORT or --redis URL")
        .contains("-c names another file");
  }

  private static Invocation bench(String... options) {
    List<String> arguments = new ArrayList<>(List.of("bench"));
    arguments.addAll(Arrays.asList(options));
    return Invocation.of(arguments.toArray(String[]::new));
  }
}
