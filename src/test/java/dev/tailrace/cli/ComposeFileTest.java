package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.Durations;
import dev.tailrace.config.YamlDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The image and the compose file give a worker what its configuration needs to stop well. */
class ComposeFileTest {
  private static final Path CONFIG = Path.of("config", "compose", "tailrace.yaml");
  private static final Path IMAGE = Path.of("src", "main", "docker", "Dockerfile");

  @Test
  void whatTheWorkersRunIsValidWithoutAWarning() {
    Invocation invocation = Invocation.of("validate", "--strict", "-c", CONFIG.toString());

    assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCode.OK);
    assertThat(worker().texts("volumes")).singleElement().asString().contains(CONFIG.toString());
  }

  @Test
  void aWorkerHasTheTimeThatItsDrainMayTake() {
    assertThat(Durations.parse(worker().text("stop_grace_period").orElseThrow()))
        .isGreaterThanOrEqualTo(
            Durations.parse(at(CONFIG, "drain").text("deadline").orElseThrow()).plusSeconds(5));
  }

  @Test
  void noMoreWorkersThanPartitions() {
    String topics = String.join(" ", at(compose(), "services", "topics").texts("command"));

    assertThat(topics).contains("--partitions 6");
    assertThat(at(compose(), "services", "worker", "deploy").number("replicas")).hasValue(3);
  }

  @Test
  void whatOthersWaitForSaysThatItIsHealthy() {
    for (String server : List.of("kafka", "redis", "worker")) {
      assertThat(at(compose(), "services", server, "healthcheck").texts("test"))
          .as(server)
          .startsWith("CMD");
    }
    assertThat(at(compose(), "services", "worker", "healthcheck").texts("test"))
        .last()
        .asString()
        .contains("/9464")
        .contains("GET /readyz");
  }

  @Test
  void theJvmIsTheFirstProcessOfTheImageAndNotRoot() throws IOException {
    Map<String, String> image =
        Files.readAllLines(IMAGE).stream()
            .filter(line -> line.matches("[A-Z]+ .*"))
            .map(line -> line.split(" ", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

    assertThat(image.get("ENTRYPOINT"))
        .startsWith("[\"java\", ")
        .contains("-XX:+CrashOnOutOfMemoryError");
    assertThat(image.get("CMD")).isEqualTo("[\"run\", \"-c\", \"/etc/tailrace/tailrace.yaml\"]");
    assertThat(image.get("USER")).matches("[1-9][0-9]*:[1-9][0-9]*");
    assertThat(image.get("ENV")).isEqualTo("TAILRACE_PROBES__HOST=0.0.0.0");
  }

  private static ManifestNode worker() {
    return at(compose(), "services", "worker");
  }

  private static Path compose() {
    return Path.of("docker-compose.yml");
  }

  private static ManifestNode at(Path file, String... keys) {
    try {
      return new ManifestNode(YamlDocuments.read(file).get(0), "").at(keys).orElseThrow();
    } catch (ConfigException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }
}
