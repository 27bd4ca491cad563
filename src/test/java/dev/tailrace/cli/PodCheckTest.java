package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What runs Tailrace gives it what its configuration needs; whatever does not is named. */
class PodCheckTest {
  private static final Path FOLDER = Path.of("config", "kubernetes");
  private static final String CONFIG = FOLDER.resolve("tailrace.yaml").toString();

  @TempDir private Path folder;

  @Test
  void allManifestsOfTheFolderFitTheirConfiguration() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(one -> !one.endsWith("kustomization.yaml")).sorted().toList()) {
        Invocation invocation = Invocation.of("validate", "-c", CONFIG, "--pod", file.toString());

        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCode.OK);
        assertThat(invocation.out()).isEqualTo("valid\n");
      }
    }
  }

  @Test
  void staticMembersFitAStatefulSetAndNoDeployment() {
    List<String> members =
        List.of("validate", "-c", CONFIG, "-c", FOLDER.resolve("static-members.yaml").toString());

    assertThat(with(members, "statefulset.yaml").exitCode()).isEqualTo(ExitCode.OK);
    Invocation refused = with(members, "deployment.yaml");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(refused.err()).contains("deployment.yaml:3:7: kind: ").contains("static-id");
  }

  private static Invocation with(List<String> arguments, String manifest) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--pod", FOLDER.resolve(manifest).toString()));
    return Invocation.of(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Seconds: 55        | Seconds: 54          | terminationGracePeriodSeconds: 54 is less
          Seconds: 55 #      | Other: 55 #          | terminationGracePeriodSeconds: 30 is less
          Links: false       | Links: true          | enableServiceLinks: services become
          [java, -jar        | [sh, -c, java, -jar  | 'sh' would get the signals
          containerPort: 9464| containerPort: 9465  | lacks probes.port
          path: /livez       | path: /readyz        | does not ask /livez
          livenessProbe      | lifeProbe            | livenessProbe: is missing
          port: probes}, periodSeconds: 5}     | port: 80}, periodSeconds: 5}  | '80' is not probes.port
          failureThreshold: 45 | failureThreshold: 30 | 30 x 2s is not longer than startup.deadline
          Crash              | Exit                 | would go on without memory
          limits: {memory: 768Mi} | limits: {memory: 128Mi} | a heap of 76 MiB under 128 MiB
          limits: {memory: 768Mi} | limits: {cpu: 2}   | has no limit of memory
          Percentage=60      | Percentage=100       | a heap of 768 MiB under 768 MiB
          name: tailrace     | name: sidecar        | -
          """)
  void aManifestThatDoesNotFitIsNamedWithItsPlace(String from, String to, String expected)
      throws IOException {
    String whole = Files.readString(FOLDER.resolve("deployment.yaml"));
    assertThat(whole).contains(from);
    Path changed = Files.writeString(folder.resolve("pod.yaml"), whole.replace(from, to));

    Invocation invocation = Invocation.of("validate", "-c", CONFIG, "--pod", changed.toString());

    if (expected.equals("-")) { // the only container there is is ours, whatever its name
      assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCode.OK);
    } else {
      assertThat(invocation.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
      assertThat(invocation.err()).contains(expected).contains("pod.yaml:").contains("spec.");
    }
  }

  @Test
  void moreMembersThanPartitionsAreRefused() throws IOException {
    String whole = Files.readString(FOLDER.resolve("scaled-object.yaml"));
    Path more = write(whole.replace("maxReplicaCount: 12", "maxReplicaCount: 13"));
    Path untold = folder.resolve("untold.yaml");
    Files.writeString(untold, whole.replace("tailrace.dev/partitions", "other"));

    assertThat(Invocation.of("validate", "-c", CONFIG, "--pod", more.toString()).err())
        .contains("spec.maxReplicaCount: more members than partitions")
        .contains("allowed: at most 12");
    assertThat(Invocation.of("validate", "-c", CONFIG, "--pod", untold.toString()).err())
        .contains("metadata: does not tell how many partitions");
  }

  @Test
  void aManifestThatIsNotThereOrNoYamlIsAnErrorOfItsOwn() throws IOException {
    Path damaged = write("kind: [");

    assertThat(Invocation.of("validate", "-c", CONFIG, "--pod", damaged.toString()).exitCode())
        .isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(Invocation.of("validate", "-c", CONFIG, "--pod", folder + "/none.yaml").err())
        .contains("none.yaml: cannot be read");
  }

  @Test
  void theUnitOfSystemdWaitsForTheDrainAndStartsAfreshWhatAskedForIt() throws IOException {
    Map<String, String> unit =
        Files.readString(Path.of("config", "systemd", "tailrace.service"))
            .lines()
            .filter(line -> line.matches("[A-Za-z]+=.*"))
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (one, other) -> other));

    assertThat(Integer.parseInt(unit.get("TimeoutStopSec"))).isGreaterThanOrEqualTo(25 + 5);
    assertThat(unit)
        .containsEntry("KillMode", "mixed")
        .containsEntry("RestartForceExitStatus", String.valueOf(ExitCode.RESTART))
        .containsEntry("RestartPreventExitStatus", "2 3");
  }

  @Test
  void sizesAreReadAsKubernetesAndTheJvmMeanThem() {
    assertThat(JvmMemory.bytes("768Mi")).isEqualTo(OptionalLong.of(768L << 20));
    assertThat(JvmMemory.bytes("1G")).isEqualTo(OptionalLong.of(1_000_000_000));
    assertThat(JvmMemory.bytes("5")).isEqualTo(OptionalLong.of(5));
    assertThat(JvmMemory.bytes("much")).isEmpty();
    assertThat(JvmMemory.heap("-Xms1m -Xmx256m -ea", 1L << 30)).isEqualTo(256L << 20);
    assertThat(JvmMemory.heap("", 1L << 30)).isEqualTo(1L << 28);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("manifest.yaml"), text);
  }
}
