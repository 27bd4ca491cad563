package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of {@code docs/security.md} are valid, and print no secret. */
final class SecurityPageTest {
  private static final Path PAGE = Path.of("docs", "security.md");
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SECRET = Pattern.compile("\\$\\{file:/run/secrets/([^}]+)}");
  private static final String PIPELINE =
      """
      name: secured
      pipelines:
        - name: orders
          source: {kafka: {topics: [orders], group: orders, start: earliest}}
          handler: {log: {}}
      """;

  private static TestCertificates certificates;
  private static Identity admin;

  @TempDir private Path folder;

  @BeforeAll
  static void issue(@TempDir Path keys) {
    certificates = new TestCertificates(keys, "ca");
    admin = certificates.issue("admin");
  }

  static List<String> examples() throws IOException {
    return EXAMPLE
        .matcher(Files.readString(PAGE))
        .results()
        .map(example -> example.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsValidWithoutAWarningAndMasksWhatComesFromFiles(String example) throws Exception {
    for (MatchResult secret : SECRET.matcher(example).results().toList()) {
      Files.writeString(folder.resolve(secret.group(1)), content(secret.group(1)) + "\n");
    }
    String yaml = example.replace("/run/secrets/", folder + "/") + PIPELINE;
    Path file = Files.writeString(folder.resolve("tailrace.yaml"), yaml);

    EffectiveConfig config =
        new ConfigLoader(PoolSchema.schema())
            .load(new ConfigInputs(List.of(file), Map.of(), List.of()));

    assertThat(config.warnings()).isEmpty();
    assertThat(ConfiguredPool.read(config).pipelines()).hasSize(1);
    assertThat(config.yaml()).doesNotContain("hunter2", "BEGIN");
  }

  /** Certificates and a key where Tailrace itself reads them, and else something secret. */
  private static String content(String name) {
    return switch (name) {
      case "admin.pem" -> admin.chain();
      case "admin.key" -> admin.key();
      case "clients-ca.pem" -> certificates.authority();
      default -> "hunter2".repeat(5);
    };
  }

  @Test
  void everyWayIsShown() throws IOException {
    assertThat(examples()).hasSize(6);
    assertThat(String.join("", examples()))
        .contains("SCRAM-SHA-512", "PLAIN", "OAUTHBEARER", "ssl.keystore.key");
  }
}
