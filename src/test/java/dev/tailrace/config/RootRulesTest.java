package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tailrace.local.TestCertificates;
import dev.tailrace.local.TestCertificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RootRulesTest {

  private static Identity us;
  private static Identity them;

  private final Path folder;

  RootRulesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void issue(@TempDir Path keys) {
    TestCertificates certificates = new TestCertificates(keys, "ca");
    us = certificates.issue("us");
    them = certificates.issue("them");
  }

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("us.crt"), us.chain());
    Files.writeString(folder.resolve("us.key"), us.key());
    Files.writeString(folder.resolve("them.key"), them.key());
  }

  @Test
  void aStoreNeedsAKey() {
    assertThat(mistakes("    idempotency: {store: redis}"))
        .containsExactly(
            "error: tailrace.yaml:10:18: pipelines.orders.idempotency.key: is missing, and a store"
                + " needs it; allowed: header:NAME, cloudevents, json:/POINTER, record-key or"
                + " position");
    assertThat(mistakes("    idempotency: {store: redis, key: 'header:id'}")).isEmpty();
  }

  @Test
  void theTimesOfTheDrainFitIntoEachOther() {
    assertThat(mistakes("drain: {deadline: 20s, tail: 11s, soft: 21s}"))
        .containsExactly(
            "error: tailrace.yaml:10:30: drain.tail: '11s' is more than half of drain.deadline;"
                + " allowed: auto or at most 10s",
            "error: tailrace.yaml:10:41: drain.soft: '21s' is more than drain.deadline; allowed:"
                + " auto or at most 20s");
  }

  @Test
  void aBackoffBeyondItsMaximumIsRefused() {
    assertThat(mistakes("    retry: {backoff: 1m}"))
        .containsExactly(
            "error: tailrace.yaml:10:22: pipelines.orders.retry.backoff: '60s' is more than"
                + " max-backoff; allowed: at most 30s");
  }

  @Test
  void adminIsReachedFromElsewhereOnlyByTlsAndWithATokenThatIsKnownThere() {
    assertThat(mistakes("admin: {host: 0.0.0.0}"))
        .containsExactly(
            "error: tailrace.yaml:10:8: admin.token: 'auto' is in a file of this host, and"
                + " '0.0.0.0' is reached from elsewhere; allowed: at least 32 characters, such as"
                + " \"${file:/run/secrets/admin-token}\"",
            "error: tailrace.yaml:10:15: admin.host: '0.0.0.0' is reached from elsewhere, and needs"
                + " TLS; allowed: with tls.certificate and tls.key, or 127.0.0.1, localhost or"
                + " ::1");
  }

  @Test
  void theTokenOfAnAdminThatIsReachedFromElsewhereIsLongAndNotPrinted() {
    String open = "admin: {host: 0.0.0.0, " + tls("us") + ", token: ";

    assertThat(mistakes(open + "'" + "x".repeat(31) + "'}"))
        .singleElement(STRING)
        .contains("admin.token: is too short", "at least 32")
        .doesNotContain("xxx");
    assertThat(mistakes(open + "'" + "x".repeat(32) + "'}")).isEmpty();
  }

  @Test
  void adminOnLoopbackMayHaveTlsOrNone() {
    assertThat(mistakes("admin: {" + tls("us") + "}")).isEmpty();
    assertThat(mistakes("admin: {host: '::1', token: short}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ca: '${file:us.crt}'                                   | admin.tls.ca: is of no use
          certificate: '${file:us.crt}'                          | admin.tls.key: is missing
          key: '${file:us.key}'                                  | admin.tls.certificate: is missing
          certificate: 'x', key: '${file:us.key}'                | admin.tls.certificate: cannot be read
          certificate: '${file:us.crt}', key: 'x'                | admin.tls.key: is no PKCS8 key
          certificate: '${file:us.crt}', key: '${file:us.crt}'   | admin.tls.key: is no PKCS8 key
          certificate: '${file:us.crt}', key: '${file:them.key}' | admin.tls.key: is not the key
          certificate: '${file:us.crt}', key: '${file:cut.key}'  | admin.tls.key: is no PKCS8 key
          """)
  void whatTlsCannotBeMadeOfIsNamed(String keys, String mistake) throws IOException {
    String key = Files.readString(folder.resolve("us.key"));
    Files.writeString(folder.resolve("cut.key"), key.replaceFirst("\n.{20}", "\n"));
    String yaml = keys.replace("${file:", "${file:" + folder + "/");

    assertThat(mistakes("admin: {tls: {" + yaml + "}}"))
        .singleElement(STRING)
        .startsWith("error: tailrace.yaml:10:")
        .contains(mistake, "; allowed: ")
        .doesNotContain("BEGIN CERT");
  }

  private String tls(String identity) {
    return "tls: {certificate: '${file:%1$s.crt}', key: '${file:%1$s.key}'}"
        .formatted(folder.resolve(identity));
  }

  @Test
  void twoServersNeedTwoPorts() {
    assertThat(mistakes("probes: {port: 9465}"))
        .containsExactly(
            "error: tailrace.yaml:10:16: probes.port: '9465' is the port of admin, too; allowed: a"
                + " port of its own");
    assertThat(mistakes("probes: {port: 0}\nadmin: {port: 0}")).isEmpty();
  }

  @Test
  void aTimeoutThatADrainCannotWaitForIsWarnedAbout() throws ConfigException {
    EffectiveConfig config = sample("    timeout: 30s").load();

    assertThat(config.warnings())
        .extracting(warning -> warning.toString().replace(folder + "/", ""))
        .containsExactly(
            "warning: tailrace.yaml:10:14: pipelines.orders.timeout: '30s' is more than a drain"
                + " leaves for work; advised: at most 20s, which is drain.deadline less tail");
    assertThat(sample("    timeout: 20s").load().warnings()).isEmpty();
  }

  private List<String> mistakes(String more) {
    return sample(more).mistakes();
  }

  private SampleConfig sample(String more) {
    return new SampleConfig(folder).file("tailrace.yaml", SampleConfig.MINIMAL + more + "\n");
  }
}
