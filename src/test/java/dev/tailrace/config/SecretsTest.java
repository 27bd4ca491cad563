package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

  private final Path folder;

  SecretsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void referencesAreReplaced() throws ConfigException {
    ConfigSection root =
        sample(
                """
                instance: "${env:POD}-${env:ZONE:-west}"
                plugins: ["${env:EMPTY:-fallback}", "$${env:POD}", a$b]
                admin: {port: "${env:PORT}"}
                """)
            .environment("POD", "worker-3")
            .environment("EMPTY", "")
            .environment("PORT", "8080")
            .load()
            .root();

    assertThat(root.text("instance")).isEqualTo("worker-3-west");
    assertThat(root.texts("plugins")).containsExactly("fallback", "${env:POD}", "a$b");
    assertThat(root.section("admin").integer("port")).isEqualTo(8080);
  }

  @Test
  void aSecretFromAFileIsReadWithoutItsLineEndAndNeverPrinted() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "s3cr3t\r\n");
    EffectiveConfig config =
        sample("redis: {url: 'redis://:${file:%s}@cache:6379'}\n".formatted(secret)).load();

    assertThat(config.root().section("redis").text("url")).isEqualTo("redis://:s3cr3t@cache:6379");
    assertThat(config.yaml()).contains("redis://***@cache:6379").doesNotContain("s3cr3t");
    assertThat(config.tree().toString()).doesNotContain("s3cr3t");
  }

  @Test
  void secretsAreMaskedInEveryOutput() throws ConfigException {
    EffectiveConfig config =
        new SampleConfig(folder)
            .file(
                "tailrace.yaml",
                SampleConfig.MINIMAL.replace(
                        "{log: {}}",
                        "{java: {class: x.Y, config: {api-key: hunter2, list: [{secret: [hunter2]}]}}}")
                    + """
                redis: {url: "redis://user:hunter2@cache", password: hunter2}
                kafka:
                  sasl.jaas.config: 'module required password="hunter2";'
                  ssl.truststore.password: hunter2
                admin: {token: hunter2}
                """)
            .load();

    assertThat(config.yaml())
        .doesNotContain("hunter2")
        .contains("password: \"***\"", "token: \"***\"");
    assertThat(config.json()).doesNotContain("hunter2").contains("\"token\" : \"***\"");
    assertThat(config.tree().toString()).doesNotContain("hunter2");
    assertThat(config.root().toString()).doesNotContain("hunter2");
    assertThat(config.root().section("redis").text("password")).isEqualTo("hunter2");
  }

  @Test
  void aPasswordInAnAddressIsMaskedWhateverItHolds() throws ConfigException {
    for (String password : List.of("hunter2", "hun/hunter2", "a@hunter2", "a#?,hunter2")) {
      EffectiveConfig config =
          sample("redis: {url: 'redis://user:" + password + "@cache:6379/1'}\n").load();

      assertThat(config.yaml()).contains("redis://***@cache:6379/1").doesNotContain("hunter2");
    }
  }

  @Test
  void numbersThatAreSecretsAreMaskedToo() throws ConfigException {
    EffectiveConfig config = sample("kafka: {ssl.truststore.password: 271828}\n").load();

    assertThat(config.yaml()).doesNotContain("271828");
    assertThat(config.json()).doesNotContain("271828");
  }

  @Test
  void mistakesDoNotBetraySecrets() {
    assertThat(
            sample("redis: {password: [hunter2], url: {a: hunter2}, passwort: hunter2}\n")
                .mistakes()
                .toString())
        .contains("redis.password", "redis.url", "redis.passwort")
        .doesNotContain("hunter2");
  }

  @Test
  void referencesThatLeadNowhereAreReportedWithTheirPlace() {
    assertThat(
            sample(
                    """
                    instance: "${env:NOWHERE}"
                    plugins: ["${evn:X}", "${env:Y", "${file:%s/none}"]
                    """
                        .formatted(folder))
                .mistakes())
        .containsExactly(
            "error: tailrace.yaml:10:11: instance: the environment variable NOWHERE is not set;"
                + " allowed: a variable that is set, or a default: ${env:NOWHERE:-default}",
            "error: tailrace.yaml:11:11: plugins[0]: unknown reference ${evn:X}; allowed:"
                + " ${env:NAME}, ${env:NAME:-default}, ${file:/path}, and $${ for a literal ${",
            "error: tailrace.yaml:11:23: plugins[1]: a ${ has no closing }; allowed: ${env:NAME},"
                + " ${env:NAME:-default}, ${file:/path}, and $${ for a literal ${",
            "error: tailrace.yaml:11:34: plugins[2]: the file none cannot be read (no such file);"
                + " allowed: a readable file");
  }

  @Test
  void aFileThatCannotBeASecretIsRefused() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[Interpolation.MAX_FILE_BYTES + 1]);
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0});

    assertThat(
            sample("plugins: ['${file:%s}', '${file:%s}']\n".formatted(large, binary)).mistakes())
        .containsExactly(
            "error: tailrace.yaml:10:11: plugins[0]: the file large is too long; allowed: at most"
                + " 64KiB",
            "error: tailrace.yaml:10:%d: plugins[1]: the file binary is not text; allowed: UTF-8 text"
                .formatted(11 + "'${file:}', ".length() + large.toString().length()));
  }

  @Test
  void namesOfKeysThatMeanSecretsAreKnown() {
    assertThat(
            new String[] {
              "password",
              "ssl.key.password",
              "token",
              "client-secret",
              "sasl.jaas.config",
              "ssl.keystore.key",
              "API-KEY",
              "clientSecret",
              "accessToken",
              "apiKey",
              "aws_secret",
              "private-key",
              "credentials"
            })
        .allMatch(Secrets::isSecretKey);
    assertThat(new String[] {"key", "token-file", "keys", "tokens", "group", "password-rules"})
        .noneMatch(Secrets::isSecretKey);
  }

  private SampleConfig sample(String more) {
    return new SampleConfig(folder).file("tailrace.yaml", SampleConfig.MINIMAL + more);
  }
}
