package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void versionSaysWhichTailraceAndWhichJava() {
    Invocation text = Invocation.of("version");
    Invocation json = Invocation.of("version", "-o", "json");

    assertThat(text.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(text.out()).startsWith("tailrace ").contains(Runtime.version().toString());
    assertThat(new JsonObject(json.out()).getString("java"))
        .isEqualTo(Runtime.version().toString());
    assertThat(text.err() + json.err()).isEmpty();
  }

  @Test
  void aMisspeltCommandIsAUsageErrorThatNamesTheRightOne() {
    Invocation invocation = Invocation.of("versoin");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("versoin").contains("version");
    assertThat(invocation.out()).isEmpty();
  }

  @Test
  void aMisspeltOptionIsAUsageErrorThatNamesTheRightOne() {
    Invocation invocation = Invocation.of("version", "--outptu", "json");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("--outptu").contains("--output");
  }

  @Test
  void anUnknownFormatIsAUsageErrorThatNamesThoseThereAre() {
    Invocation invocation = Invocation.of("version", "-o", "xml");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("xml").containsIgnoringCase("json");
  }

  @Test
  void withoutACommandItShowsTheCommandsAndIsAUsageError() {
    Invocation invocation = Invocation.of();

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("Missing command").contains("version");
  }

  @Test
  void helpNamesEveryExitCode() {
    Invocation invocation = Invocation.of("--help");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(invocation.out()).contains("0", "1", "2", "3", "4", "5", "invalid configuration");
  }
}
