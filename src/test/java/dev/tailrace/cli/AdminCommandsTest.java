package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.Servers;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminCommandsTest {
  @ParameterizedTest
  @ValueSource(strings = {"status", "pause", "resume", "drain"})
  void whereNobodyAnswersTheExitCodeIsFiveAndTheAddressIsNamed(String command) throws IOException {
    String url = "http://127.0.0.1:" + Servers.freePort();

    Invocation invocation = Invocation.of(command, "--url", url);

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(invocation.err()).contains(url).contains("--url");
    assertThat(invocation.out()).isEmpty();
  }

  @Test
  void anAddressThatIsNoneIsAUsageError() {
    assertThat(Invocation.of("status", "--url", "localhost").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aWaitWithoutUnitIsAUsageError() {
    Invocation invocation = Invocation.of("drain", "--wait", "30");

    assertThat(invocation.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invocation.err()).contains("--wait").contains("30");
  }
}
