package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker-compose.yml} as a user starts and stops it. */
@EnabledIfSystemProperty(
    named = "tailrace.servers",
    matches = "containers",
    disabledReason = "asks for a container engine: mvn verify -Pcontainers")
class ComposeIT {
  private static final String PROJECT = "tailrace-it-" + ProcessHandle.current().pid();
  private static final String REPORT = "drain report ";

  @TempDir private Path folder;

  @Test
  void threeWorkersStopUnderLoadWithThreeCleanReports() throws Exception {
    assumeTrue(compose("version") == 0 && compose("ps") == 0, "no container engine answers");

    assertThat(compose("up", "-d", "--build", "--wait", "worker")).as(printed()).isZero();
    assertThat(compose("up", "-d", "load-orders", "load-payments")).as(printed()).isZero();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> logged("dev.tailrace.processing.LogHandler").size() > 1_000);
    assertThat(compose("stop", "worker")).as(printed()).isZero();

    assertThat(logged("dev.tailrace.app.Drain").stream().filter(line -> line.startsWith(REPORT)))
        .hasSize(3)
        .map(line -> new JsonObject(line.substring(REPORT.length())))
        .allSatisfy(report -> assertThat(report.getString("result")).isEqualTo("clean"))
        .allSatisfy(report -> assertThat(report.getInteger("exitCode")).isZero());
  }

  @AfterEach
  void removeAll() throws Exception {
    compose("down", "-v");
  }

  /** What the workers have logged under a name. */
  private List<String> logged(String logger) throws Exception {
    compose("logs", "--no-log-prefix", "worker");
    return printed()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(JsonObject::new)
        .filter(line -> line.getString("logger").equals(logger))
        .map(line -> line.getString("message"))
        .toList();
  }

  private int compose(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("docker", "compose", "-p", PROJECT, "--profile", "load"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output().toFile())
            .start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after five minutes: " + command);
    }
    return process.exitValue();
  }

  /** What the last command printed. */
  private String printed() throws IOException {
    return Files.readString(output());
  }

  private Path output() {
    return folder.resolve("compose.log");
  }
}
